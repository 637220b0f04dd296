#include "ctl/conform/fake_host.hpp"

#include "base/text.hpp"
#include "plugin_host/abi.hpp"

#include <algorithm>
#include <charconv>
#include <thread>

namespace rota::ctl::conform {
namespace {

using plugin_host::borrowed;
using plugin_host::view;

SeenRequest seen(const rota_http_request& raw) {
    SeenRequest request{std::string(view(raw.method)), std::string(view(raw.url)), {}, std::string(view(raw.body))};
    for (std::uint32_t i = 0; i < raw.header_count; ++i) {
        const auto* header = ROTA_AT(rota_http_header, raw.headers, raw.header_stride, i);
        request.headers[base::lower(view(header->name))] = view(header->value);
    }
    return request;
}

std::uint32_t retryAfterMs(const HttpAnswer& answer) {
    for (const auto& [name, value] : answer.headers) {
        std::uint32_t seconds = 0;
        if (base::lower(name) == "retry-after" &&
            std::from_chars(value.data(), value.data() + value.size(), seconds).ec == std::errc{})
            return seconds * 1000;
    }
    return 0;
}

void waitOut(const rota_call& call, const rota_http_request& request) {
    const auto limit = request.timeout_ms == 0 ? call.timeout_ms : std::min(request.timeout_ms, call.timeout_ms);
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds{limit};
    while (std::chrono::steady_clock::now() < until && call.cancelled(call.ctx) == 0)
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
}

rota_status refuse(rota_error& error, rota_status status, std::string_view message) {
    plugin_host::copyText(error.message, message);
    return status;
}

} // namespace

FakeHost::FakeHost(plugin_host::Permissions permissions, std::map<std::string, std::string> secrets, Edges* edges)
    : permissions_(std::move(permissions)),
      real_("conform.test", permissions_, clock_),
      secrets_(std::move(secrets)),
      abi_(*real_.abi()),
      edges_(edges) {
    abi_.ctx = this;
    abi_.log = [](const rota_host* host, std::int32_t, rota_str message, rota_str fields) {
        const std::scoped_lock lock(of(host).mutex_);
        of(host).said_.push_back(std::string(view(message)) + " " + std::string(view(fields)));
    };
    abi_.now_utc_ms = [](const rota_host* host) -> std::int64_t {
        const std::scoped_lock lock(of(host).mutex_);
        of(host).impure_.insert("now_utc_ms");
        return base::toUnixMs(of(host).clock_.now());
    };
    abi_.secret = [](const rota_host* host, rota_str reference, char* buffer, std::size_t capacity,
                     std::size_t* length) -> rota_status {
        auto& self = of(host);
        const std::scoped_lock lock(self.mutex_);
        self.impure_.insert("secret");
        const std::string wanted(view(reference));
        if (!self.permissions_.secretReferences.contains(wanted)) return ROTA_CONFIG;
        const auto value = self.secretOf(wanted);
        *length = value.size();
        if (value.size() > capacity) return ROTA_BUFFER_TOO_SMALL;
        self.given_.insert(value);
        value.copy(buffer, capacity);
        return ROTA_OK;
    };
    abi_.http = [](const rota_host* host, const rota_call* call, const rota_http_request* request,
                   rota_http_response* response,
                   rota_error* error) -> rota_status { return of(host).answer(*call, *request, *response, *error); };
    abi_.counter = [](const rota_host* host, rota_str name, double) {
        const std::scoped_lock lock(of(host).mutex_);
        of(host).impure_.insert("counter");
        of(host).said_.emplace_back(view(name));
    };
    // Time zones are the real host's, which need no instance; and so is what else computes and does nothing. Whatever
    // reaches out, such as mail, is not there.
    abi_.get_extension = [](const rota_host* host, const char* id) -> const void* {
        const auto& real = *of(host).real_.abi();
        return std::string_view(id) == "rota.host.crypto/1" ? real.get_extension(&real, id) : nullptr;
    };
    if (edges_ != nullptr) shown_ = edges_->copy(abi_);
}

void FakeHost::script(std::vector<HttpAnswer> answers) {
    const std::scoped_lock lock(mutex_);
    answers_ = std::move(answers);
    next_ = 0;
    requests_.clear();
}

std::string FakeHost::secretOf(const std::string& reference) const {
    const auto known = secrets_.find(reference);
    return known == secrets_.end() ? "conformance-secret-" + std::to_string(reference.size()) : known->second;
}

rota_status FakeHost::answer(const rota_call& call, const rota_http_request& request, rota_http_response& response,
                             rota_error& error) {
    HttpAnswer answer;
    {
        const std::scoped_lock lock(mutex_);
        impure_.insert("http");
        const auto url = std::string(view(request.url));
        if (!isAllowed(permissions_.hosts, url)) {
            forbidden_.push_back(url);
            return refuse(error, ROTA_CONFIG, "this plugin may not call that host");
        }
        if (call.cancelled(call.ctx) != 0) return refuse(error, ROTA_CANCELLED, "cancelled before it was sent");
        requests_.push_back(seen(request));
        if (!answers_.empty()) answer = answers_[std::min(next_++, answers_.size() - 1)];
    }
    response.status = 0;
    if (answer.failure == "not sent") return refuse(error, ROTA_UNAVAILABLE, "not sent: connection refused");
    if (answer.failure == "hangs") waitOut(call, request);
    if (!answer.failure.empty()) return refuse(error, ROTA_UNKNOWN_OUTCOME, "no complete answer: connection reset");
    constexpr std::uint64_t kUsual = 1024 * 1024;
    return deliver(answer, request.max_response_bytes == 0 ? kUsual : request.max_response_bytes, response);
}

rota_str FakeHost::given(const std::string& text) const {
    return edges_ == nullptr ? borrowed(text) : edges_->text(text);
}

rota_status FakeHost::deliver(const HttpAnswer& answer, std::uint64_t mostBytes, rota_http_response& response) const {
    response.status = answer.status;
    response.retry_after_ms = retryAfterMs(answer);
    response.flags = 0;
    bool wanted = true;
    for (const auto& [name, value] : answer.headers) {
        const auto plain = base::lower(name);
        if (wanted && response.on_header != nullptr)
            wanted = response.on_header(response.ctx, given(plain), given(value)) == ROTA_OK;
    }
    const auto body = answer.body.substr(0, mostBytes);
    // In two pieces, as it may come.
    for (const auto& piece : {body.substr(0, body.size() / 2), body.substr(body.size() / 2)})
        if (wanted && response.on_body != nullptr && !piece.empty())
            wanted = response.on_body(response.ctx, given(piece)) == ROTA_OK;
    if (!wanted || body.size() < answer.body.size()) response.flags |= static_cast<std::uint32_t>(ROTA_HTTP_TRUNCATED);
    return ROTA_OK;
}

} // namespace rota::ctl::conform
