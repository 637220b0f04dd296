#pragma once

#include "base/clock.hpp"
#include "ctl/conform/edges.hpp"
#include "ctl/conform/fixtures.hpp"
#include "plugin_host/host_services.hpp"

#include <rota/plugin.h>

#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace rota::ctl::conform {

struct SeenRequest {
    std::string method;
    std::string url;
    std::map<std::string, std::string> headers; ///< names in lower case
    std::string body;
};

/// 2026-03-10T14:00Z, always.
class StillClock final : public base::Clock {
public:
    base::Instant now() const override { return now_; }
    void set(base::Instant now) { now_ = now; }

private:
    base::Instant now_ = base::fromUnixMs(1'773'151'200'000);
};

/// A rota_host whose HTTP answers are scripted, which writes down all that the plugin says and asks for. What needs no
/// simulation is the real host's.
class FakeHost {
public:
    /// `edges`, where it is not null, holds the host and the answers that the plugin gets; it outlives this.
    FakeHost(plugin_host::Permissions permissions, std::map<std::string, std::string> secrets, Edges* edges = nullptr);
    FakeHost(const FakeHost&) = delete;
    FakeHost& operator=(const FakeHost&) = delete;

    const rota_host* abi() const { return shown_; }
    StillClock& clock() { return clock_; }

    /// The answers to come; the last one goes on answering.
    void script(std::vector<HttpAnswer> answers);
    const std::vector<SeenRequest>& requests() const { return requests_; }
    /// URLs that the real host would not have called.
    const std::vector<std::string>& forbidden() const { return forbidden_; }
    /// Log lines and names of counters.
    const std::vector<std::string>& said() const { return said_; }
    const std::set<std::string>& secretsGiven() const { return given_; }
    /// What a [pure] call may not use, as far as it was used since `forgetImpure`.
    const std::set<std::string>& impure() const { return impure_; }
    void forgetImpure() { impure_.clear(); }

private:
    static FakeHost& of(const rota_host* host) { return *static_cast<FakeHost*>(host->ctx); }
    std::string secretOf(const std::string& reference) const;
    rota_status answer(const rota_call& call, const rota_http_request& request, rota_http_response& response,
                       rota_error& error);
    rota_status deliver(const HttpAnswer& answer, std::uint64_t mostBytes, rota_http_response& response) const;
    rota_str given(const std::string& text) const;

    StillClock clock_;
    plugin_host::Permissions permissions_;
    plugin_host::HostServices real_;
    std::map<std::string, std::string> secrets_;
    rota_host abi_{};
    Edges* edges_;
    const rota_host* shown_ = &abi_;

    std::recursive_mutex mutex_; ///< of what follows: plugins may have threads
    std::vector<HttpAnswer> answers_;
    std::size_t next_ = 0;
    std::vector<SeenRequest> requests_;
    std::vector<std::string> forbidden_;
    std::vector<std::string> said_;
    std::set<std::string> given_;
    std::set<std::string> impure_;
};

} // namespace rota::ctl::conform
