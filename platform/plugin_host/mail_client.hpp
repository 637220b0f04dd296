#pragma once

#include <rota/mail.h>

#include <set>
#include <string>

namespace rota::plugin_host {

/// rota.host.mail/1 without its rota_host: conversations with the SMTP servers that an instance's configuration names.
/// May throw std::bad_alloc, before anything is sent. [thread-safe]
class MailClient {
public:
    /// `hosts`: the texts of the configuration; a server is one of them.
    explicit MailClient(std::set<std::string> hosts);

    rota_status send(const rota_call& call, const rota_mail_server& server, const rota_mail_message& message,
                     rota_mail_result& result, rota_error& error) const;
    rota_status check(const rota_call& call, const rota_mail_server& server, rota_mail_result& result,
                      rota_error& error) const;

private:
    std::set<std::string> hosts_;
};

} // namespace rota::plugin_host
