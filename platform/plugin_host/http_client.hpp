#pragma once

#include "base/clock.hpp"

#include <rota/plugin.h>

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rota::plugin_host {

/// Where an instance may send requests to.
struct AllowedHosts {
    std::set<std::string> names;   ///< by https, at port 443: "api.example.com"
    std::set<std::string> origins; ///< as the operator wrote them: "http://127.0.0.1:8080"
};

/// From a descriptor's http_hosts and the URLs of a configuration.
AllowedHosts allowedHosts(std::string_view httpHosts, const std::vector<std::string>& urls);

/// Whether requests may go to that URL. Not where it is malformed.
bool isAllowed(const AllowedHosts& allowed, const std::string& url);

/// Outgoing requests of one instance, as rota_host.http promises them. Connections are kept and reused. [thread-safe]
class HttpClient {
public:
    HttpClient(AllowedHosts allowed, const base::Clock& clock);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// May throw std::bad_alloc, before anything is sent.
    rota_status perform(const rota_call& call, const rota_http_request& request, rota_http_response& response,
                        rota_error& error);

private:
    class Handles;
    AllowedHosts allowed_;
    const base::Clock& clock_;
    std::unique_ptr<Handles> handles_;
};

} // namespace rota::plugin_host
