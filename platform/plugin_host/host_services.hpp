#pragma once

#include "base/clock.hpp"
#include "plugin_host/http_client.hpp"
#include "plugin_host/mail_client.hpp"

#include <rota/plugin.h>

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace rota::plugin_host {

/// What one instance may do.
struct Permissions {
    std::set<std::string> secretReferences;
    AllowedHosts hosts;
    std::set<std::string> mailServers{}; ///< every text that the operator wrote: a mail server is one of them
};

/// Adds to a counter, unless there are too many of them, the name is not [a-z0-9_]{1,64}, or the number is none to add:
/// a plugin may count what it likes, but not fill the memory.
void addCount(std::map<std::string, double>& counters, const std::string& name, double delta);

/// The rota_host of one instance, and what stands behind it. Must outlive the instance. [thread-safe]
class HostServices {
public:
    HostServices(std::string instance, Permissions permissions, const base::Clock& clock);
    HostServices(const HostServices&) = delete;
    HostServices& operator=(const HostServices&) = delete;

    const rota_host* abi() const { return &abi_; }
    const std::string& instance() const { return instance_; }

    /// Takes out every secret that the instance was given, wherever it comes up in a text of the plugin.
    std::string redacted(std::string_view text) const;

    std::map<std::string, double> counters() const;

private:
    static const HostServices& of(const rota_host* host);
    static void log(const rota_host* host, std::int32_t level, rota_str message, rota_str fields) noexcept;
    static std::int64_t now(const rota_host* host) noexcept;
    static rota_status secret(const rota_host* host, rota_str reference, char* buffer, std::size_t capacity,
                              std::size_t* length) noexcept;
    static rota_status http(const rota_host* host, const rota_call* call, const rota_http_request* request,
                            rota_http_response* response, rota_error* error) noexcept;
    static rota_status toUtc(const rota_host* host, rota_str zone, const std::int32_t ymdhm[5], std::int64_t* utc,
                             std::int32_t* kind) noexcept;
    static rota_status toLocal(const rota_host* host, rota_str zone, std::int64_t utc, std::int32_t ymdhm[5],
                               std::int32_t* offset) noexcept;
    static void count(const rota_host* host, rota_str name, double delta) noexcept;
    static rota_status sendMail(const rota_host* host, const rota_call* call, const rota_mail_server* server,
                                const rota_mail_message* message, rota_mail_result* result, rota_error* error) noexcept;
    static rota_status checkMail(const rota_host* host, const rota_call* call, const rota_mail_server* server,
                                 rota_mail_result* result, rota_error* error) noexcept;
    static const void* extension(const rota_host* host, const char* id) noexcept;

    std::string instance_;
    Permissions permissions_;
    const base::Clock& clock_;
    rota_host abi_;
    mutable HttpClient http_;
    MailClient mail_;

    mutable std::mutex mutex_; ///< of the two below
    mutable std::set<std::string> served_;
    mutable std::map<std::string, double> counters_;
};

} // namespace rota::plugin_host
