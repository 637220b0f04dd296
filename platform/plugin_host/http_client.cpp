#include "plugin_host/http_client.hpp"

#include "base/text.hpp"
#include "plugin_host/abi.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <mutex>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

namespace rota::plugin_host {
namespace {

constexpr std::uint64_t kDefaultResponseBytes = 1024 * 1024;
/// A provider's answers are some kB; a list of events may take a few MB.
constexpr std::uint64_t kLargestResponseBytes = 16 * 1024 * 1024;
constexpr std::size_t kLargestHeaderBytes = 64 * 1024;
constexpr long kConnectTimeoutMs = 5000;
/// Idle connections older than this may have been closed by the other side a moment ago.
constexpr long kIdleConnectionSeconds = 30;

struct UrlParts {
    std::string scheme;
    std::string host;
    std::string port;
    std::string origin() const { return scheme + "://" + host + ":" + port; }
};

std::optional<UrlParts> partsOf(const std::string& url) {
    const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl_url(), &curl_url_cleanup);
    if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return std::nullopt;
    const auto part = [&](CURLUPart which) -> std::optional<std::string> {
        char* text = nullptr;
        if (curl_url_get(parsed.get(), which, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return std::nullopt;
        const std::unique_ptr<char, void (*)(void*)> owned(text, &curl_free);
        return std::string(text);
    };
    // A password in a URL ends up in logs, and `https://api.example.com@evil.example` deceives the eye.
    const auto scheme = part(CURLUPART_SCHEME), host = part(CURLUPART_HOST), port = part(CURLUPART_PORT);
    if (!scheme || !host || !port || part(CURLUPART_USER)) return std::nullopt;
    return UrlParts{*scheme, base::lower(*host), *port};
}

bool isAllowed(const AllowedHosts& allowed, const UrlParts& url) {
    if (allowed.origins.contains(url.origin())) return true;
    return url.scheme == "https" && url.port == "443" && allowed.names.contains(url.host);
}

bool isToken(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
    });
}

/// Those that decide where a request ends are ours, or a plugin could smuggle a second one.
bool isHeader(std::string_view name, std::string_view value) {
    static const std::set<std::string> kOurs{"host",   "content-length", "connection", "transfer-encoding",
                                             "expect", "upgrade",        "te",         "trailer"};
    const bool clean =
        std::none_of(value.begin(), value.end(), [](char c) { return c == '\r' || c == '\n' || c == 0; });
    return isToken(name) && clean && !kOurs.contains(base::lower(name));
}

class HeaderList {
public:
    HeaderList() = default;
    ~HeaderList() { curl_slist_free_all(list_); }
    HeaderList(const HeaderList&) = delete;
    HeaderList& operator=(const HeaderList&) = delete;

    void add(const std::string& line) {
        auto* const longer = curl_slist_append(list_, line.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        list_ = longer;
    }
    const curl_slist* get() const { return list_; }

private:
    curl_slist* list_ = nullptr;
};

/// One exchange, as the callbacks of libcurl see it.
struct Exchange {
    const rota_call* call = nullptr;
    std::uint64_t mostBytes = kDefaultResponseBytes;
    bool started = false; ///< connected, TLS included: what is written now is the request
    bool written = false; ///< at least a byte of the request
    bool truncated = false;
    std::size_t headerBytes = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

/// libcurl sends a request again by itself when a reused connection turns out to be closed. That is right only as long
/// as nothing of it was written: a provider may have taken the message before it closed the connection.
int onRequestBegins(void* ctx, char*, char*, int, int) {
    auto& exchange = *static_cast<Exchange*>(ctx);
    if (exchange.written) return CURL_PREREQFUNC_ABORT;
    exchange.started = true;
    return CURL_PREREQFUNC_OK;
}

int onHttpTrace(CURL*, curl_infotype type, char*, std::size_t size, void* ctx) {
    auto& exchange = *static_cast<Exchange*>(ctx);
    // Before `started` this is a proxy's CONNECT.
    if ((type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT) && exchange.started && size > 0)
        exchange.written = true;
    return 0;
}

int onHttpProgress(void* ctx, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    const auto& call = *static_cast<Exchange*>(ctx)->call;
    return call.cancelled(call.ctx) != 0 ? 1 : 0;
}

void addHeader(Exchange& exchange, std::string_view line) {
    // A status line begins an answer; those before it (100 Continue) are not it.
    if (line.starts_with("HTTP/")) exchange.headers.clear();
    const auto colon = line.find(':');
    if (line.starts_with("HTTP/") || colon == std::string_view::npos) return;
    std::string_view value = line.substr(colon + 1);
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!value.empty() && blank(value.front()))
        value.remove_prefix(1);
    while (!value.empty() && blank(value.back()))
        value.remove_suffix(1);
    exchange.headers.emplace_back(base::lower(line.substr(0, colon)), value);
}

/// Answering with another size than was given ends the transfer. Exceptions must not pass through libcurl.
std::size_t onHeader(char* data, std::size_t, std::size_t size, void* ctx) noexcept {
    auto& exchange = *static_cast<Exchange*>(ctx);
    exchange.headerBytes += size;
    if (exchange.headerBytes > kLargestHeaderBytes) return 0;
    try {
        addHeader(exchange, {data, size});
    } catch (const std::bad_alloc&) {
        return 0;
    }
    return size;
}

std::size_t onBody(char* data, std::size_t, std::size_t size, void* ctx) noexcept {
    auto& exchange = *static_cast<Exchange*>(ctx);
    const auto room = static_cast<std::size_t>(exchange.mostBytes) - exchange.body.size();
    const auto taken = std::min(room, size);
    exchange.truncated = taken < size;
    try {
        exchange.body.append(data, taken);
    } catch (const std::bad_alloc&) {
        exchange.truncated = true;
        return size == 0 ? 1 : 0;
    }
    return taken;
}

std::uint32_t retryAfterMs(const Exchange& exchange, base::Instant now) {
    for (const auto& [name, value] : exchange.headers) {
        if (name != "retry-after") continue;
        std::int64_t seconds = 0;
        const char* const end = value.data() + value.size();
        std::int64_t ms = 0;
        if (std::from_chars(value.data(), end, seconds).ptr == end)
            ms = std::min<std::int64_t>(seconds, UINT32_MAX / 1000) * 1000;
        else if (const auto date = curl_getdate(value.c_str(), nullptr); date >= 0)
            ms = static_cast<std::int64_t>(date) * 1000 - base::toUnixMs(now);
        return static_cast<std::uint32_t>(std::clamp<std::int64_t>(ms, 0, UINT32_MAX));
    }
    return 0;
}

void setRequest(CURL* curl, const rota_http_request& request, HeaderList& headers) {
    const std::string method(view(request.method));
    bool hasContentType = false;
    for (std::uint32_t i = 0; i < request.header_count; ++i) {
        const auto* header = ROTA_AT(rota_http_header, request.headers, request.header_stride, i);
        const std::string name(view(header->name));
        hasContentType = hasContentType || base::lower(name) == "content-type";
        // To libcurl "Name:" means none of that name, and "Name;" an empty one.
        headers.add(header->value.len == 0 ? name + ";" : name + ": " + std::string(view(header->value)));
    }
    headers.add("Expect:");
    if (!hasContentType) headers.add("Content-Type:");

    const bool takesBody = request.body.len > 0 || method == "POST" || method == "PUT" || method == "PATCH";
    if (method == "HEAD")
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    else if (takesBody) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.len));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.len > 0 ? request.body.ptr : "");
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str()); // copied
    curl_easy_setopt(curl, CURLOPT_URL, std::string(view(request.url)).c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
}

void setBounds(CURL* curl, Exchange& exchange, long timeoutMs) {
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeoutMs);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, std::min(timeoutMs, kConnectTimeoutMs));
    curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, kIdleConnectionSeconds);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L); // to the trace function alone, which prints nothing
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, &onHttpTrace);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, &onRequestBegins);
    curl_easy_setopt(curl, CURLOPT_PREREQDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &onHttpProgress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &onHeader);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &onBody);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
}

/// Why a request is not even tried.
std::optional<rota_status> fault(const AllowedHosts& allowed, const rota_http_request& request, rota_error& error) {
    if (!ROTA_HAS(&request, rota_http_request, max_response_bytes))
        return refuse(error, ROTA_UNSUPPORTED, "the request's struct_size is too small");
    if (!isToken(view(request.method))) return refuse(error, ROTA_UNSUPPORTED, "the method is malformed");
    for (std::uint32_t i = 0; i < request.header_count; ++i) {
        const auto* header = ROTA_AT(rota_http_header, request.headers, request.header_stride, i);
        if (!isHeader(view(header->name), view(header->value)))
            return refuse(error, ROTA_UNSUPPORTED, "a header is malformed, or one that the host sets");
    }
    const auto url = partsOf(std::string(view(request.url)));
    if (!url) return refuse(error, ROTA_UNSUPPORTED, "the URL is malformed");
    if (!isAllowed(allowed, *url)) return refuse(error, ROTA_CONFIG, "this plugin may not call " + url->origin());
    return std::nullopt;
}

void handOver(const Exchange& exchange, rota_http_response& response) {
    bool wanted = true;
    for (const auto& [name, value] : exchange.headers)
        if (wanted && response.on_header != nullptr)
            wanted = response.on_header(response.ctx, borrowed(name), borrowed(value)) == ROTA_OK;
    if (wanted && response.on_body != nullptr && !exchange.body.empty())
        wanted = response.on_body(response.ctx, borrowed(exchange.body)) == ROTA_OK;
    if (exchange.truncated || !wanted) response.flags |= static_cast<std::uint32_t>(ROTA_HTTP_TRUNCATED);
}

rota_status statusOf(CURLcode result, const Exchange& exchange, rota_error& error) {
    const std::string why = curl_easy_strerror(result);
    if (exchange.written) return refuse(error, ROTA_UNKNOWN_OUTCOME, "no complete answer: " + why);
    if (result == CURLE_ABORTED_BY_CALLBACK) return refuse(error, ROTA_CANCELLED, "cancelled before it was sent");
    return refuse(error, ROTA_UNAVAILABLE, "not sent: " + why);
}

} // namespace

AllowedHosts allowedHosts(std::string_view httpHosts, const std::vector<std::string>& urls) {
    AllowedHosts allowed;
    std::istringstream words{std::string(httpHosts)};
    for (std::string name; words >> name;)
        allowed.names.insert(base::lower(name));
    for (const auto& url : urls)
        if (const auto parts = partsOf(url)) allowed.origins.insert(parts->origin());
    return allowed;
}

bool isAllowed(const AllowedHosts& allowed, const std::string& url) {
    const auto parts = partsOf(url);
    return parts && isAllowed(allowed, *parts);
}

/// Idle handles, each with the connections that it opened.
class HttpClient::Handles {
public:
    using Handle = std::unique_ptr<CURL, void (*)(CURL*)>;

    Handles() {
        static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
        if (once != CURLE_OK) throw std::bad_alloc();
    }

    Handle take() {
        {
            const std::scoped_lock lock(mutex_);
            if (!idle_.empty()) {
                Handle handle = std::move(idle_.back());
                idle_.pop_back();
                return handle;
            }
        }
        Handle fresh(curl_easy_init(), &curl_easy_cleanup);
        if (!fresh) throw std::bad_alloc();
        return fresh;
    }

    /// The options are forgotten, the connections are not.
    void giveBack(Handle handle) {
        curl_easy_reset(handle.get());
        const std::scoped_lock lock(mutex_);
        idle_.push_back(std::move(handle));
    }

private:
    std::mutex mutex_;
    std::vector<Handle> idle_;
};

HttpClient::HttpClient(AllowedHosts allowed, const base::Clock& clock)
    : allowed_(std::move(allowed)), clock_(clock), handles_(std::make_unique<Handles>()) {}

HttpClient::~HttpClient() = default;

rota_status HttpClient::perform(const rota_call& call, const rota_http_request& request, rota_http_response& response,
                                rota_error& error) {
    response.status = 0;
    response.retry_after_ms = 0;
    response.flags = 0;
    if (const auto refused = fault(allowed_, request, error)) return *refused;
    if (call.cancelled(call.ctx) != 0) return refuse(error, ROTA_CANCELLED, "cancelled before it was sent");

    Exchange exchange;
    exchange.call = &call;
    if (request.max_response_bytes > 0)
        exchange.mostBytes = std::min(request.max_response_bytes, kLargestResponseBytes);
    const auto timeout = request.timeout_ms == 0 ? call.timeout_ms : std::min(request.timeout_ms, call.timeout_ms);
    auto handle = handles_->take();
    HeaderList headers;
    setBounds(handle.get(), exchange, static_cast<long>(std::max(timeout, 1U)));
    setRequest(handle.get(), request, headers);
    const CURLcode result = curl_easy_perform(handle.get());
    long status = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    handles_->giveBack(std::move(handle));

    const bool answered = result == CURLE_OK || (result == CURLE_WRITE_ERROR && exchange.truncated);
    if (!answered) return statusOf(result, exchange, error);
    response.status = static_cast<std::int32_t>(status);
    response.retry_after_ms = retryAfterMs(exchange, clock_.now());
    handOver(exchange, response);
    return ROTA_OK;
}

} // namespace rota::plugin_host
