#pragma once

/// rota/mail.h in C++.

#include <rota/mail.h>
#include <rota/plugin.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace rota {

enum class MailTls : std::uint32_t {
    None = ROTA_MAIL_TLS_NONE,
    Opportunistic = ROTA_MAIL_TLS_OPPORTUNISTIC,
    StartTls = ROTA_MAIL_TLS_STARTTLS,
    Implicit = ROTA_MAIL_TLS_IMPLICIT
};

struct MailServer {
    std::string host;
    std::uint32_t port = 587;
    MailTls tls = MailTls::StartTls;
    std::chrono::milliseconds connectTimeout{0}; ///< 0: the host's
    std::string user;
    std::string password;
    std::string caFile;
};

struct Mail {
    std::string_view messageId; ///< without brackets
    TimePoint date{};
    std::string_view from;
    std::string_view fromName;
    std::string_view replyTo;
    std::string_view to;
    std::string_view toName;
    std::string_view subject;
    std::string_view text;
    std::string_view html;
    std::vector<Attachment> attachments;
};

/// The host's way to SMTP servers. What goes wrong is a Failure with the statuses of rota/mail.h; its provider code is
/// the server's enhanced one, or the reply's number. [thread-safe]
class Mailer {
public:
    /// Throws ROTA_UNSUPPORTED where this host has none.
    explicit Mailer(const Host& host)
        : host_(host.raw()), table_(static_cast<const rota_host_mail_v1*>(host.extension(ROTA_HOST_MAIL_V1))) {
        if (table_ == nullptr) throw Failure(ROTA_UNSUPPORTED, "this server has no rota.host.mail/1");
    }

    void send(const Call& call, const MailServer& server, const Mail& mail) const {
        std::vector<rota_attachment> attached;
        for (const auto& item : mail.attachments)
            attached.push_back({sizeof(rota_attachment), 0, sdk::borrowed(item.filename),
                                sdk::borrowed(item.contentType), sdk::borrowed(item.bytes)});
        rota_mail_message raw{};
        raw.struct_size = sizeof raw;
        raw.attachment_count = static_cast<std::uint32_t>(attached.size());
        raw.attachment_stride = sizeof(rota_attachment);
        raw.attachments = attached.data();
        raw.date_ms = unixMs(mail.date);
        raw.message_id = sdk::borrowed(mail.messageId);
        raw.from = sdk::borrowed(mail.from);
        raw.from_name = sdk::borrowed(mail.fromName);
        raw.reply_to = sdk::borrowed(mail.replyTo);
        raw.to = sdk::borrowed(mail.to);
        raw.to_name = sdk::borrowed(mail.toName);
        raw.subject = sdk::borrowed(mail.subject);
        raw.text = sdk::borrowed(mail.text);
        raw.html = sdk::borrowed(mail.html);
        ask(server, [&](const rota_mail_server& to, rota_mail_result* result, rota_error* error) {
            return table_->send(host_, call.raw(), &to, &raw, result, error);
        });
    }

    void check(const Call& call, const MailServer& server) const {
        ask(server, [&](const rota_mail_server& to, rota_mail_result* result, rota_error* error) {
            return table_->check(host_, call.raw(), &to, result, error);
        });
    }

private:
    template <class Function>
    void ask(const MailServer& server, Function&& function) const {
        rota_mail_server raw{};
        raw.struct_size = sizeof raw;
        raw.port = server.port;
        raw.tls = static_cast<std::uint32_t>(server.tls);
        raw.connect_timeout_ms = static_cast<std::uint32_t>(server.connectTimeout.count());
        raw.host = sdk::borrowed(server.host);
        raw.user = sdk::borrowed(server.user);
        raw.password = sdk::borrowed(server.password);
        raw.ca_file = sdk::borrowed(server.caFile);
        rota_mail_result result{};
        result.struct_size = sizeof result;
        rota_error error{};
        error.struct_size = sizeof error;
        const rota_status status = function(raw, &result, &error);
        if (status == ROTA_OK) return;
        const std::string code = result.enhanced[0] != '\0' ? std::string(result.enhanced)
                                 : result.reply > 0         ? std::to_string(result.reply)
                                                            : "";
        throw Failure(status, error.message)
            .retryAfter(std::chrono::milliseconds{error.retry_after_ms})
            .providerCode(code);
    }

    const rota_host* host_;
    const rota_host_mail_v1* table_;
};

} // namespace rota
