#pragma once

#include "http/request.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rota::testing {

struct HttpAnswer {
    int status = 0;
    std::vector<http::Field> headers;
    std::string body;

    /// Empty where there is none.
    std::string header(std::string_view name) const;
    /// The body as JSON; a discarded value where it is none.
    nlohmann::json json() const;
};

/// A blocking HTTP client on 127.0.0.1 that sends exactly the bytes it is told to, however wrong. Throws
/// std::runtime_error where the server does not answer within `timeout`, or closes before. [one thread at a time]
class HttpClient {
public:
    explicit HttpClient(int port, std::chrono::milliseconds timeout = std::chrono::seconds{20});
    ~HttpClient();
    HttpClient(HttpClient&& other) noexcept;
    HttpClient& operator=(HttpClient&&) = delete;

    /// From now on what request() sends, and its answer, is appended to this file, a JSON object a line. Several
    /// clients, of several threads and processes, may share a file.
    void recordTo(const std::string& file) { record_ = file; }

    void send(std::string_view bytes);
    /// Nothing follows from here: the other half stays open.
    void finishSending();
    /// `withBody` is false for the answer to HEAD.
    HttpAnswer receive(bool withBody = true);
    /// Whether the server closes the connection, sending nothing more, within the timeout.
    bool closedByServer();

    HttpAnswer get(const std::string& path) { return request("GET", path); }
    HttpAnswer post(const std::string& path, const nlohmann::json& body) { return request("POST", path, body.dump()); }
    /// On this connection, which is kept alive.
    HttpAnswer request(const std::string& method, const std::string& path, const std::string& body = {},
                       const std::string& moreHeaders = {});

    /// The bytes of such a request.
    static std::string bytes(const std::string& method, const std::string& path, const std::string& body = {},
                             const std::string& moreHeaders = {});

private:
    bool readMore();

    int socket_ = -1;
    std::string received_;
    std::string record_; ///< empty for none
};

} // namespace rota::testing
