#pragma once

/// Plugins in C++20, over the contract of rota/plugin.h: derive from rota::Channel, rota::AvailabilityPolicy or
/// rota::WaitlistStrategy, say who you are in `about`, override the pure functions, and write ROTA_PLUGIN:
///
///     class Pager final : public rota::Channel {
///     public:
///         static constexpr rota::About about{.id = "pager", .name = "Pager", .flags = ROTA_FLAG_SMS};
///
///         rota::Receipt send(const rota::Call&, const rota::Message& message) override {
///             if (!page(message.to, message.text)) throw rota::Failure(ROTA_RETRY, "the pager is busy");
///             return {};
///         }
///     };
///     ROTA_PLUGIN(Pager);
///
/// A failure is a thrown rota::Failure, whose status says what the host does about it. Any other exception is a bug:
/// ROTA_INTERNAL, the message may have been sent. None leaves the plugin. Compile with hidden visibility and link with
/// rota/plugin.map, so that nothing but rota_plugin_entry is exported.
///
/// Texts and arrays in arguments are borrowed: valid during the call. Threads, ownership and purity are as in plugin.h.

#include <rota/plugin.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <locale>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace rota {

/// UTC.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

inline TimePoint timePoint(std::int64_t ms) {
    return TimePoint{std::chrono::milliseconds{ms}};
}
inline std::int64_t unixMs(TimePoint time) {
    return time.time_since_epoch().count();
}

/// [begin, end)
struct Span {
    TimePoint begin;
    TimePoint end;

    bool contains(const Span& other) const { return begin <= other.begin && other.end <= end; }
    bool overlaps(const Span& other) const { return begin < other.end && other.begin < end; }
    bool operator==(const Span&) const = default;
};

/// What a plugin throws. `status` decides what becomes of the message (plugin.h); the text is for the operator and
/// contains no secret and nothing about the patient.
class Failure : public std::runtime_error {
public:
    Failure(rota_status status, const std::string& message) : std::runtime_error(message), status_(status) {}

    /// For class 1: not before that.
    Failure& retryAfter(std::chrono::milliseconds wait) {
        retryAfter_ = wait;
        return *this;
    }
    /// As the provider writes it.
    Failure& providerCode(std::string code) {
        providerCode_ = std::move(code);
        return *this;
    }
    /// The configuration's key that is at fault.
    Failure& key(std::string_view name) {
        configPointer_.assign("/").append(name);
        return *this;
    }

    rota_status status() const { return status_; }
    std::chrono::milliseconds retryAfter() const { return retryAfter_; }
    const std::string& providerCode() const { return providerCode_; }
    const std::string& configPointer() const { return configPointer_; }

private:
    rota_status status_;
    std::chrono::milliseconds retryAfter_{0};
    std::string providerCode_;
    std::string configPointer_;
};

/// The instance's configuration: what the schema allows, with its defaults filled in. Each function throws a
/// ROTA_CONFIG Failure that names the key where there is none of that type; with a fallback, only where the type is
/// another.
class Config {
public:
    using Value = std::variant<bool, std::int64_t, double, std::string>;

    Config() = default;
    explicit Config(std::map<std::string, Value, std::less<>> values) : values_(std::move(values)) {}

    bool has(std::string_view key) const { return values_.contains(key); }
    /// For a secret this is the reference, to be given to Host::secret.
    std::string text(std::string_view key) const { return get<std::string>(key, "a string"); }
    std::int64_t integer(std::string_view key) const { return get<std::int64_t>(key, "an integer"); }
    bool flag(std::string_view key) const { return get<bool>(key, "a boolean"); }
    double number(std::string_view key) const {
        const auto found = values_.find(key);
        if (found != values_.end() && std::holds_alternative<std::int64_t>(found->second))
            return static_cast<double>(std::get<std::int64_t>(found->second));
        return get<double>(key, "a number");
    }

    std::string text(std::string_view key, std::string_view fallback) const {
        return has(key) ? text(key) : std::string(fallback);
    }
    std::int64_t integer(std::string_view key, std::int64_t fallback) const {
        return has(key) ? integer(key) : fallback;
    }
    bool flag(std::string_view key, bool fallback) const { return has(key) ? flag(key) : fallback; }
    double number(std::string_view key, double fallback) const { return has(key) ? number(key) : fallback; }

private:
    template <class T>
    T get(std::string_view key, const char* kind) const {
        const auto found = values_.find(key);
        if (found == values_.end()) throw Failure(ROTA_CONFIG, "is required").key(key);
        if (const T* value = std::get_if<T>(&found->second)) return *value;
        throw Failure(ROTA_CONFIG, std::string("must be ") + kind).key(key);
    }

    std::map<std::string, Value, std::less<>> values_;
};

/// What surrounds one call.
class Call {
public:
    explicit Call(const rota_call* raw) : raw_(raw) {}

    std::chrono::milliseconds timeout() const { return std::chrono::milliseconds{raw_->timeout_ms}; }
    std::uint32_t attempt() const { return raw_->attempt; }
    std::string_view correlationId() const { return {raw_->correlation_id.ptr, raw_->correlation_id.len}; }
    /// Nobody waits any longer: stop as soon as that is safe.
    bool cancelled() const { return raw_->cancelled(raw_->ctx) != 0; }
    const rota_call* raw() const { return raw_; }

private:
    const rota_call* raw_;
};

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::chrono::milliseconds timeout{0}; ///< 0: what is left of the call's
    std::uint64_t maxResponseBytes = 0;   ///< 0: the host's default
};

struct HttpResponse {
    int status = 0;
    std::map<std::string, std::string> headers; ///< names in lower case; the last one of a name
    std::string body;
    std::chrono::milliseconds retryAfter{0};
    bool truncated = false;
};

/// A wall-clock time of some zone.
struct LocalTime {
    std::chrono::year_month_day date;
    std::chrono::minutes sinceMidnight{0};
};

namespace sdk {

inline rota_str borrowed(std::string_view text) {
    return {text.data(), text.size()};
}
inline std::string_view view(rota_str text) {
    return text.len == 0 ? std::string_view{} : std::string_view{text.ptr, text.len};
}

/// Copies what fits, cut at a character's border, and ends it with a zero.
template <std::size_t N>
void copyText(char (&target)[N], std::string_view text) {
    std::size_t length = std::min(text.size(), N - 1);
    while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U)
        --length;
    std::memcpy(target, text.data(), length);
    target[length] = '\0';
}

inline rota_status refuse(rota_error* error, const Failure& failure) {
    error->retry_after_ms =
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(failure.retryAfter().count(), 0, std::int64_t{UINT32_MAX}));
    copyText(error->provider_code, failure.providerCode());
    copyText(error->config_pointer, failure.configPointer());
    copyText(error->message, failure.what());
    return failure.status();
}

/// The barrier: whatever `work` throws ends here, as a status.
template <class Work>
rota_status guarded(rota_error* error, Work&& work) noexcept {
    try {
        work();
        return ROTA_OK;
    } catch (const Failure& failure) {
        // A failure that calls itself a success would be one: nobody can have meant that.
        if (failure.status() != ROTA_OK) return refuse(error, failure);
        copyText(error->message, "a failure was thrown with the status ROTA_OK");
    } catch (const std::exception& exception) {
        copyText(error->message, exception.what());
    } catch (...) {
        copyText(error->message, "an exception that is no std::exception");
    }
    return ROTA_INTERNAL;
}

/// As guarded, for the sinks that the host calls.
template <class Work>
rota_status guardedSink(Work&& work) noexcept {
    try {
        work();
        return ROTA_OK;
    } catch (...) {
        return ROTA_INTERNAL;
    }
}

/// Reads the flat JSON object that the host hands to `configure`.
class FlatJson {
public:
    explicit FlatJson(std::string_view text) : rest_(text) {}

    Config read() {
        std::map<std::string, Config::Value, std::less<>> values;
        expect('{');
        if (peek() == '}') return Config{};
        do {
            std::string key = readText();
            expect(':');
            values[std::move(key)] = readValue();
        } while (accept(','));
        expect('}');
        return Config{std::move(values)};
    }

    /// One string, without its quotes. Throws where there is none.
    std::string readText() {
        expect('"');
        std::string text;
        while (true) {
            const char next = take();
            if (next == '"') return text;
            if (next == '\\')
                readEscape(text);
            else
                text += next;
        }
    }

    /// What is not read yet.
    std::string_view rest() const { return rest_; }

private:
    [[noreturn]] static void fail() { throw Failure(ROTA_CONFIG, "the configuration is no flat JSON object"); }

    char peek() {
        const auto start = rest_.find_first_not_of(" \t\r\n");
        if (start == std::string_view::npos) fail();
        rest_.remove_prefix(start);
        return rest_.front();
    }
    bool accept(char wanted) {
        if (peek() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(char wanted) {
        if (!accept(wanted)) fail();
    }
    bool acceptWord(std::string_view word) {
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }

    Config::Value readValue() {
        if (peek() == '"') return readText();
        if (acceptWord("true")) return true;
        if (acceptWord("false")) return false;
        return readNumber();
    }

    Config::Value readNumber() {
        const auto length = std::min(rest_.find_first_not_of("+-.0123456789eE"), rest_.size());
        const std::string_view digits = rest_.substr(0, length);
        rest_.remove_prefix(length);
        std::int64_t whole = 0;
        double real = 0;
        const char* const end = digits.data() + digits.size();
        if (std::from_chars(digits.data(), end, whole).ptr == end && !digits.empty()) return whole;
        // Not std::from_chars: some libraries have it for whole numbers only.
        std::istringstream text{std::string(digits)};
        text.imbue(std::locale::classic());
        if (!(text >> real) || text.peek() != std::istringstream::traits_type::eof()) fail();
        return real;
    }

    char take() {
        if (rest_.empty()) fail();
        const char next = rest_.front();
        rest_.remove_prefix(1);
        return next;
    }

    void readEscape(std::string& text) {
        static constexpr std::string_view kFrom = "\"\\/bfnrt";
        static constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
        const char letter = take();
        if (letter == 'u') return appendUtf8(text, readCodePoint());
        const auto index = kFrom.find(letter);
        if (index == std::string_view::npos) fail();
        text += kTo[index];
    }

    std::uint32_t readHex() {
        std::uint32_t value = 0;
        if (rest_.size() < 4 || std::from_chars(rest_.data(), rest_.data() + 4, value, 16).ptr != rest_.data() + 4)
            fail();
        rest_.remove_prefix(4);
        return value;
    }

    /// Half of a pair, which stands for nothing, is read as U+FFFD.
    std::uint32_t readCodePoint() {
        static constexpr std::uint32_t kNone = 0xFFFD;
        const std::uint32_t high = readHex();
        if (high < 0xD800 || high > 0xDFFF) return high;
        if (high > 0xDBFF || !acceptWord("\\u")) return kNone;
        const std::uint32_t low = readHex();
        return low < 0xDC00 || low > 0xDFFF ? kNone : 0x10000 + ((high - 0xD800) << 10U) + (low - 0xDC00);
    }

    static void appendUtf8(std::string& text, std::uint32_t point) {
        // How many continuation bytes follow, and the bits that say so in the first byte.
        const unsigned more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
        static constexpr std::uint32_t kLead[] = {0x00, 0xC0, 0xE0, 0xF0};
        text += static_cast<char>(kLead[more] | point >> (6 * more));
        for (unsigned left = more; left > 0; --left)
            text += static_cast<char>(0x80 | (point >> (6 * (left - 1)) & 0x3F));
    }

    std::string_view rest_;
};

} // namespace sdk

/// What the host does for an instance. [thread-safe]
class Host {
public:
    explicit Host(const rota_host* raw) : raw_(raw) {}

    std::string_view instance() const { return raw_->name; }
    std::string_view version() const { return raw_->version; }

    /// Never a secret, never anything about a patient. `jsonFields` is a flat JSON object, or empty.
    void debug(std::string_view message, std::string_view jsonFields = {}) const {
        log(ROTA_LOG_DEBUG, message, jsonFields);
    }
    void info(std::string_view message, std::string_view jsonFields = {}) const {
        log(ROTA_LOG_INFO, message, jsonFields);
    }
    void warning(std::string_view message, std::string_view jsonFields = {}) const {
        log(ROTA_LOG_WARNING, message, jsonFields);
    }
    void error(std::string_view message, std::string_view jsonFields = {}) const {
        log(ROTA_LOG_ERROR, message, jsonFields);
    }

    TimePoint now() const { return timePoint(raw_->now_utc_ms(raw_)); }

    /// The value of a reference out of this instance's configuration. Throws Failure.
    std::string secret(std::string_view reference) const {
        std::string value(256, '\0');
        std::size_t length = 0;
        rota_status status = read(reference, value, length);
        if (status == ROTA_BUFFER_TOO_SMALL) {
            value.resize(length);
            status = read(reference, value, length);
        }
        if (status != ROTA_OK) throw Failure(status, "the secret " + std::string(reference) + " has no value");
        value.resize(length);
        return value;
    }

    /// An answer of whatever HTTP status. Throws Failure with the statuses of rota_host.http where there is none.
    HttpResponse http(const Call& call, const HttpRequest& request) const;

    /// A time that exists twice is the earlier, one that the clocks skipped the moment at which they did. Throws
    /// Failure where zone or date do not exist.
    TimePoint toUtc(std::string_view zone, const LocalTime& local) const {
        const auto minutes = local.sinceMidnight.count();
        const std::int32_t ymdhm[5] = {int{local.date.year()}, static_cast<std::int32_t>(unsigned{local.date.month()}),
                                       static_cast<std::int32_t>(unsigned{local.date.day()}),
                                       static_cast<std::int32_t>(minutes / 60),
                                       static_cast<std::int32_t>(minutes % 60)};
        std::int64_t utc = 0;
        std::int32_t kind = 0;
        const rota_status status = raw_->local_to_utc(raw_, sdk::borrowed(zone), ymdhm, &utc, &kind);
        if (status != ROTA_OK) throw Failure(status, "no such local time in " + std::string(zone));
        return timePoint(utc);
    }

    LocalTime toLocal(std::string_view zone, TimePoint time) const {
        std::int32_t ymdhm[5] = {};
        std::int32_t offset = 0;
        const rota_status status = raw_->utc_to_local(raw_, sdk::borrowed(zone), unixMs(time), ymdhm, &offset);
        if (status != ROTA_OK) throw Failure(status, "no time zone " + std::string(zone));
        return {std::chrono::year{ymdhm[0]} / ymdhm[1] / ymdhm[2],
                std::chrono::hours{ymdhm[3]} + std::chrono::minutes{ymdhm[4]}};
    }

    void count(std::string_view name, double delta = 1) const { raw_->counter(raw_, sdk::borrowed(name), delta); }

    const void* extension(const char* id) const { return raw_->get_extension(raw_, id); }
    const rota_host* raw() const { return raw_; }

private:
    void log(std::int32_t level, std::string_view message, std::string_view jsonFields) const {
        raw_->log(raw_, level, sdk::borrowed(message), sdk::borrowed(jsonFields));
    }
    rota_status read(std::string_view reference, std::string& value, std::size_t& length) const {
        return raw_->secret(raw_, sdk::borrowed(reference), value.data(), value.size(), &length);
    }

    const rota_host* raw_;
};

inline HttpResponse Host::http(const Call& call, const HttpRequest& request) const {
    std::vector<rota_http_header> headers;
    for (const auto& [name, value] : request.headers)
        headers.push_back({sizeof(rota_http_header), 0, sdk::borrowed(name), sdk::borrowed(value)});

    rota_http_request raw{};
    raw.struct_size = sizeof raw;
    raw.timeout_ms = static_cast<std::uint32_t>(request.timeout.count());
    raw.method = sdk::borrowed(request.method);
    raw.url = sdk::borrowed(request.url);
    raw.body = sdk::borrowed(request.body);
    raw.headers = headers.data();
    raw.header_count = static_cast<std::uint32_t>(headers.size());
    raw.header_stride = sizeof(rota_http_header);
    raw.max_response_bytes = request.maxResponseBytes;

    HttpResponse response;
    rota_http_response sinks{};
    sinks.struct_size = sizeof sinks;
    sinks.ctx = &response;
    sinks.on_header = [](void* ctx, rota_str name, rota_str value) noexcept {
        return sdk::guardedSink([&] {
            static_cast<HttpResponse*>(ctx)->headers.insert_or_assign(std::string(sdk::view(name)), sdk::view(value));
        });
    };
    sinks.on_body = [](void* ctx, rota_str bytes) noexcept {
        return sdk::guardedSink([&] { static_cast<HttpResponse*>(ctx)->body.append(sdk::view(bytes)); });
    };

    rota_error error{};
    error.struct_size = sizeof error;
    const rota_status status = raw_->http(raw_, call.raw(), &raw, &sinks, &error);
    if (status != ROTA_OK)
        throw Failure(status, error.message).retryAfter(std::chrono::milliseconds{error.retry_after_ms});
    response.status = sinks.status;
    response.retryAfter = std::chrono::milliseconds{sinks.retry_after_ms};
    response.truncated = (sinks.flags & static_cast<std::uint32_t>(ROTA_HTTP_TRUNCATED)) != 0;
    return response;
}

/// Who a plugin is: `static constexpr rota::About about{…}` in its class. The texts are literals.
struct About {
    const char* id; ///< the file's name without its ending
    const char* name = "";
    const char* version = "1.0.0";
    const char* vendor = "";
    const char* license = "";
    std::uint64_t flags = 0;                                         ///< ROTA_FLAG_…
    std::uint64_t dataNeeds = ROTA_DATA_ADDRESS | ROTA_DATA_CONTENT; ///< ROTA_DATA_…
    const char* configSchema = R"({"type": "object", "properties": {}})";
    const char* httpHosts = "";
};

/// What all plugins have in common. The host is there from `configure` on.
class Plugin {
public:
    Plugin() = default;
    virtual ~Plugin() = default;
    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;

    virtual void configure(const Config&) {}
    virtual void activate() {}
    virtual void deactivate() {}

    void attach(Host host) { host_ = host; }

protected:
    const Host& host() const { return *host_; }

private:
    std::optional<Host> host_;
};

// ---- channels -------------------------------------------------------------------------------------------------------

enum class Medium : std::uint32_t { Email = ROTA_MEDIUM_EMAIL, Sms = ROTA_MEDIUM_SMS };

struct Attachment {
    std::string_view filename;
    std::string_view contentType;
    std::string_view bytes;
};

struct Message {
    Medium medium;
    TimePoint notAfter;
    std::string_view deliveryId;
    std::string_view idempotencyKey;
    std::string_view to;
    std::string_view toName;
    std::string_view subject;
    std::string_view text;
    std::string_view html;
    std::string_view locale;
    std::vector<Attachment> attachments;
};

enum class DeliveryState : std::uint32_t {
    Unknown = ROTA_STATE_UNKNOWN,
    Accepted = ROTA_STATE_ACCEPTED,
    Delivered = ROTA_STATE_DELIVERED,
    Undelivered = ROTA_STATE_UNDELIVERED,
    NotFound = ROTA_STATE_NOT_FOUND
};

struct Receipt {
    std::string providerId{};
    DeliveryState state = DeliveryState::Accepted;
    std::uint32_t segments = 0;
    std::string providerCode{};
};

struct WebhookRequest {
    TimePoint received{};
    std::string_view method;
    std::string_view url;
    std::string_view body;
    std::map<std::string_view, std::string_view> headers; ///< names in lower case
};

enum class EventType : std::uint32_t {
    Accepted = ROTA_EVENT_ACCEPTED,
    Delivered = ROTA_EVENT_DELIVERED,
    Undelivered = ROTA_EVENT_UNDELIVERED,
    Complained = ROTA_EVENT_COMPLAINED,
    OptedOut = ROTA_EVENT_OPTED_OUT,
    OptedIn = ROTA_EVENT_OPTED_IN
};

struct Event {
    EventType type;
    TimePoint occurred{};
    std::string eventId{};
    std::string providerId{};
    std::string deliveryId{};
    std::string recipient{};
    std::string providerCode{};
    std::string detail{};
};

struct InboundText {
    TimePoint received{};
    std::string eventId{};
    std::string from{};
    std::string to{};
    std::string text{};
};

/// What a provider's callback said, and how to answer it.
struct WebhookResult {
    std::vector<Event> events;
    std::vector<InboundText> texts;
    int status = 204;
    std::string contentType;
    std::string body; ///< at most 4096 bytes
};

/// Delivers messages. `send` hands one message over, once, and throws a Failure where it could not. The other functions
/// are offered to the host only if they are overridden.
class Channel : public Plugin {
public:
    virtual Receipt send(const Call& call, const Message& message) = 0;

    /// Throws ROTA_BAD_RECIPIENT where the address is none of this channel's kind. Does no IO.
    virtual void checkRecipient(std::string_view) {}
    /// What became of an earlier message; `providerId` may be empty.
    virtual Receipt status(const Call&, std::string_view, std::string_view) {
        throw Failure(ROTA_UNSUPPORTED, "cannot say what became of a message");
    }
    /// Throws where the provider is not there or refuses our key.
    virtual void health(const Call&) {}
    /// [thread-safe] Throws ROTA_AUTH where the signature is wrong.
    virtual WebhookResult webhook(const Call&, const WebhookRequest&) {
        throw Failure(ROTA_UNSUPPORTED, "takes no callbacks");
    }
};

// ---- availability ---------------------------------------------------------------------------------------------------

enum class VisitType : std::uint32_t {
    Other = ROTA_VISIT_OTHER,
    FollowUp = ROTA_VISIT_FOLLOW_UP,
    Standard = ROTA_VISIT_STANDARD,
    NewPatient = ROTA_VISIT_NEW_PATIENT
};

struct Busy {
    Span span;
    VisitType type = VisitType::Other;
};

/// One doctor's day; see rota_availability_query.
struct AvailabilityQuery {
    TimePoint now;
    Span window;
    std::string_view zone;
    std::string_view doctor;
    VisitType type = VisitType::Other;
    std::chrono::milliseconds duration{0};
    std::vector<Span> open; ///< sorted, apart from one another
    std::vector<Busy> busy; ///< in any order
};

struct Verdict {
    bool admitted = false;
    std::string reason; ///< of a refusal, for the clinic
};

/// Which times a doctor offers. Both functions are pure, and what `slots` offers `admit` admits.
class AvailabilityPolicy : public Plugin {
public:
    /// Of the query's duration, in any order.
    virtual std::vector<Span> slots(const AvailabilityQuery& query) const = 0;
    virtual Verdict admit(const AvailabilityQuery& query, TimePoint start) const = 0;
};

// ---- waitlist -------------------------------------------------------------------------------------------------------

enum class Prefers : std::uint32_t {
    Any = ROTA_PREFERS_ANY,
    Morning = ROTA_PREFERS_MORNING,
    Afternoon = ROTA_PREFERS_AFTERNOON
};

struct Candidate {
    std::uint64_t ref = 0; ///< during this call
    std::int32_t priority = 0;
    TimePoint joined;
    Prefers prefers = Prefers::Any;
    std::uint32_t cancelledPromotions = 0;
    Span accepts;
};

struct FreedSlot {
    TimePoint now;
    Span span;
    VisitType type = VisitType::Other;
    std::string_view zone;
    std::string_view doctor;
};

struct Ranked {
    std::uint64_t ref = 0;
    std::string reason;
};

/// In which order the waitlist is asked for a freed slot. Pure, and whatever the order of the candidates.
class WaitlistStrategy : public Plugin {
public:
    /// Each at most once; who is not named does not get this slot.
    virtual std::vector<Ranked> rank(const FreedSlot& slot, const std::vector<Candidate>& candidates) const = 0;
};

// ---- the bridge to plugin.h -----------------------------------------------------------------------------------------

namespace sdk {

inline Span span(rota_span raw) {
    return {timePoint(raw.begin_ms), timePoint(raw.end_ms)};
}
inline rota_span raw(const Span& span) {
    return {unixMs(span.begin), unixMs(span.end)};
}

/// Hands something to a sink of the host; what the sink refuses ends the call.
inline void deliver(rota_status status) {
    if (status != ROTA_OK) throw Failure(status, "the host wants no more");
}

inline Message message(const rota_message& raw) {
    Message result{.medium = static_cast<Medium>(raw.medium),
                   .notAfter = timePoint(raw.not_after_ms),
                   .deliveryId = view(raw.delivery_id),
                   .idempotencyKey = view(raw.idempotency_key),
                   .to = view(raw.to),
                   .toName = view(raw.to_name),
                   .subject = view(raw.subject),
                   .text = view(raw.text),
                   .html = view(raw.html),
                   .locale = view(raw.locale),
                   .attachments = {}};
    for (std::uint32_t i = 0; i < raw.attachment_count; ++i) {
        const auto* item = ROTA_AT(rota_attachment, raw.attachments, raw.attachment_stride, i);
        result.attachments.push_back({view(item->filename), view(item->content_type), view(item->bytes)});
    }
    return result;
}

inline void fill(rota_receipt& raw, const Receipt& receipt) {
    raw.state = static_cast<std::uint32_t>(receipt.state);
    raw.segments = receipt.segments;
    copyText(raw.provider_id, receipt.providerId);
    copyText(raw.provider_code, receipt.providerCode);
}

inline WebhookRequest webhookRequest(const rota_webhook_request& raw) {
    WebhookRequest result{timePoint(raw.received_ms), view(raw.method), view(raw.url), view(raw.body), {}};
    for (std::uint32_t i = 0; i < raw.header_count; ++i) {
        const auto* header = ROTA_AT(rota_http_header, raw.headers, raw.header_stride, i);
        result.headers[view(header->name)] = view(header->value);
    }
    return result;
}

inline void report(const rota_webhook_sink& sink, const Event& event) {
    rota_event raw{};
    raw.struct_size = sizeof raw;
    raw.type = static_cast<std::uint32_t>(event.type);
    raw.occurred_ms = unixMs(event.occurred);
    raw.event_id = borrowed(event.eventId);
    raw.provider_id = borrowed(event.providerId);
    raw.delivery_id = borrowed(event.deliveryId);
    raw.recipient = borrowed(event.recipient);
    raw.provider_code = borrowed(event.providerCode);
    raw.detail = borrowed(event.detail);
    deliver(sink.event(sink.ctx, &raw));
}

inline void report(const rota_webhook_sink& sink, const InboundText& text) {
    rota_inbound_text raw{};
    raw.struct_size = sizeof raw;
    raw.received_ms = unixMs(text.received);
    raw.event_id = borrowed(text.eventId);
    raw.from = borrowed(text.from);
    raw.to = borrowed(text.to);
    raw.text = borrowed(text.text);
    deliver(sink.inbound_text(sink.ctx, &raw));
}

inline void fill(rota_webhook_reply& raw, const WebhookResult& result) {
    raw.status = result.status;
    copyText(raw.content_type, result.contentType);
    raw.body_length = static_cast<std::uint32_t>(std::min(result.body.size(), sizeof raw.body));
    std::memcpy(raw.body, result.body.data(), raw.body_length);
}

inline AvailabilityQuery query(const rota_availability_query& raw) {
    AvailabilityQuery result{.now = timePoint(raw.now_ms),
                             .window = span(raw.window),
                             .zone = view(raw.zone),
                             .doctor = view(raw.doctor),
                             .type = static_cast<VisitType>(raw.visit_type),
                             .duration = std::chrono::milliseconds{raw.duration_ms},
                             .open = {},
                             .busy = {}};
    result.open.reserve(raw.open_count);
    for (std::uint32_t i = 0; i < raw.open_count; ++i)
        result.open.push_back(span(raw.open[i]));
    result.busy.reserve(raw.busy_count);
    for (std::uint32_t i = 0; i < raw.busy_count; ++i) {
        const auto* busy = ROTA_AT(rota_busy, raw.busy, raw.busy_stride, i);
        result.busy.push_back({span(busy->span), static_cast<VisitType>(busy->visit_type)});
    }
    return result;
}

inline std::vector<Candidate> candidates(const rota_waitlist_query& raw) {
    std::vector<Candidate> result;
    result.reserve(raw.candidate_count);
    for (std::uint32_t i = 0; i < raw.candidate_count; ++i) {
        const auto* item = ROTA_AT(rota_candidate, raw.candidates, raw.candidate_stride, i);
        result.push_back({item->ref, item->priority, timePoint(item->joined_ms), static_cast<Prefers>(item->prefers),
                          item->cancelled_promotions, span(item->accepts)});
    }
    return result;
}

template <class T>
T& pluginOf(rota_instance* instance) {
    return *static_cast<T*>(instance->data);
}

// `&T::f` has the type of a member of Channel exactly where neither T nor a class between overrides f. Where f is
// private in T the expression is ill-formed, and f is overridden.
template <class Member>
inline constexpr bool kInherited = false;
template <class Result, class... Args>
inline constexpr bool kInherited<Result (Channel::*)(Args...)> = true;

// clang-format off
template <class T> concept LeavesCheckRecipient = kInherited<decltype(&T::checkRecipient)>;
template <class T> concept LeavesStatus = kInherited<decltype(&T::status)>;
template <class T> concept LeavesHealth = kInherited<decltype(&T::health)>;
template <class T> concept LeavesWebhook = kInherited<decltype(&T::webhook)>;
// clang-format on

/// The function table of a plugin class, by what it derives from. A function that the author left as it was is null.
template <class T>
struct ChannelTable {
    static constexpr std::uint32_t kKind = ROTA_KIND_CHANNEL;
    static constexpr const char* kInterface = ROTA_CHANNEL_V1;

    static rota_status checkRecipient(rota_instance* self, rota_str to, rota_error* error) noexcept {
        return guarded(error, [&] { base(self).checkRecipient(view(to)); });
    }
    static rota_status send(rota_instance* self, const rota_call* call, const rota_message* raw, rota_receipt* receipt,
                            rota_error* error) noexcept {
        return guarded(error, [&] { fill(*receipt, base(self).send(Call(call), message(*raw))); });
    }
    static rota_status status(rota_instance* self, const rota_call* call, rota_str providerId, rota_str deliveryId,
                              rota_receipt* receipt, rota_error* error) noexcept {
        return guarded(error,
                       [&] { fill(*receipt, base(self).status(Call(call), view(providerId), view(deliveryId))); });
    }
    static rota_status health(rota_instance* self, const rota_call* call, rota_error* error) noexcept {
        return guarded(error, [&] { base(self).health(Call(call)); });
    }
    static rota_status webhook(rota_instance* self, const rota_call* call, const rota_webhook_request* request,
                               const rota_webhook_sink* sink, rota_webhook_reply* reply, rota_error* error) noexcept {
        return guarded(error, [&] {
            const WebhookResult result = base(self).webhook(Call(call), webhookRequest(*request));
            for (const auto& event : result.events)
                report(*sink, event);
            for (const auto& text : result.texts)
                report(*sink, text);
            fill(*reply, result);
        });
    }

    static constexpr rota_channel_v1 kTable{sizeof(rota_channel_v1),
                                            0,
                                            LeavesCheckRecipient<T> ? nullptr : &checkRecipient,
                                            &send,
                                            LeavesStatus<T> ? nullptr : &status,
                                            LeavesHealth<T> ? nullptr : &health,
                                            LeavesWebhook<T> ? nullptr : &webhook};

private:
    // Through the base class, so that an author may override in a private section.
    static Channel& base(rota_instance* self) { return pluginOf<T>(self); }
};

template <class T>
struct AvailabilityTable {
    static constexpr std::uint32_t kKind = ROTA_KIND_AVAILABILITY;
    static constexpr const char* kInterface = ROTA_AVAILABILITY_V1;

    static rota_status slots(rota_instance* self, const rota_availability_query* raw, const rota_slot_sink* sink,
                             rota_error* error) noexcept {
        return guarded(error, [&] {
            const AvailabilityPolicy& policy = pluginOf<T>(self);
            for (const Span& offered : policy.slots(query(*raw))) {
                const rota_slot slot{sizeof slot, 0, sdk::raw(offered)};
                deliver(sink->offer(sink->ctx, &slot));
            }
        });
    }
    static rota_status admit(rota_instance* self, const rota_availability_query* raw, std::int64_t start,
                             rota_verdict* verdict, rota_error* error) noexcept {
        return guarded(error, [&] {
            const AvailabilityPolicy& policy = pluginOf<T>(self);
            const Verdict found = policy.admit(query(*raw), timePoint(start));
            verdict->admitted = found.admitted ? 1 : 0;
            copyText(verdict->reason, found.reason);
        });
    }

    static constexpr rota_availability_v1 kTable{sizeof(rota_availability_v1), 0, &slots, &admit};
};

template <class T>
struct WaitlistTable {
    static constexpr std::uint32_t kKind = ROTA_KIND_WAITLIST;
    static constexpr const char* kInterface = ROTA_WAITLIST_V1;

    static rota_status rank(rota_instance* self, const rota_waitlist_query* raw, const rota_rank_sink* sink,
                            rota_error* error) noexcept {
        return guarded(error, [&] {
            const WaitlistStrategy& strategy = pluginOf<T>(self);
            const FreedSlot slot{timePoint(raw->now_ms), span(raw->slot), static_cast<VisitType>(raw->visit_type),
                                 view(raw->zone), view(raw->doctor)};
            for (const Ranked& next : strategy.rank(slot, candidates(*raw))) {
                const rota_ranked ranked{sizeof ranked, 0, next.ref, borrowed(next.reason)};
                deliver(sink->next(sink->ctx, &ranked));
            }
        });
    }

    static constexpr rota_waitlist_v1 kTable{sizeof(rota_waitlist_v1), 0, &rank};
};

// clang-format off
template <class T>
using TableOf = std::conditional_t<std::is_base_of_v<Channel, T>, ChannelTable<T>,
                std::conditional_t<std::is_base_of_v<AvailabilityPolicy, T>, AvailabilityTable<T>, WaitlistTable<T>>>;
// clang-format on

/// One plugin class as descriptor, factory and instance.
template <class T>
class Adapter {
    static_assert(std::is_base_of_v<Channel, T> || std::is_base_of_v<AvailabilityPolicy, T> ||
                      std::is_base_of_v<WaitlistStrategy, T>,
                  "a plugin derives from rota::Channel, rota::AvailabilityPolicy or rota::WaitlistStrategy");
    using Table = TableOf<T>;

public:
    static constexpr rota_descriptor kDescriptor{sizeof(rota_descriptor), Table::kKind,      T::about.flags,
                                                 T::about.dataNeeds,      T::about.id,       T::about.name,
                                                 T::about.version,        T::about.vendor,   T::about.license,
                                                 T::about.configSchema,   T::about.httpHosts};

    static rota_status create(const rota_host* host, rota_instance** instance, rota_error* error) noexcept {
        return guarded(error, [&] {
            auto plugin = std::make_unique<T>();
            plugin->attach(Host(host));
            auto made = std::make_unique<rota_instance>(rota_instance{sizeof(rota_instance), 0, plugin.get(),
                                                                      &kDescriptor, &configure, &activate, &deactivate,
                                                                      &destroy, &getInterface});
            plugin.release();
            *instance = made.release();
        });
    }

private:
    static rota_status configure(rota_instance* self, rota_str json, rota_error* error) noexcept {
        return guarded(error, [&] { base(self).configure(FlatJson(view(json)).read()); });
    }
    static rota_status activate(rota_instance* self, rota_error* error) noexcept {
        return guarded(error, [&] { base(self).activate(); });
    }
    static void deactivate(rota_instance* self) noexcept {
        rota_error unseen{};
        guarded(&unseen, [&] { base(self).deactivate(); });
    }
    static void destroy(rota_instance* self) noexcept {
        rota_error unseen{};
        guarded(&unseen, [&] { delete &pluginOf<T>(self); });
        delete self;
    }
    static const void* getInterface(rota_instance*, const char* id) noexcept {
        return std::strcmp(id, Table::kInterface) == 0 ? &Table::kTable : nullptr;
    }

    static Plugin& base(rota_instance* self) { return pluginOf<T>(self); }
};

/// All plugin classes of one library.
template <class First, class... More>
struct Library {
    static std::uint32_t count() noexcept { return 1 + sizeof...(More); }

    static const rota_descriptor* describe(std::uint32_t index) noexcept {
        static constexpr const rota_descriptor* kAll[] = {&Adapter<First>::kDescriptor, &Adapter<More>::kDescriptor...};
        return index < count() ? kAll[index] : nullptr;
    }

    static rota_status create(std::uint32_t index, const rota_host* host, rota_instance** instance,
                              rota_error* error) noexcept {
        static constexpr decltype(&Adapter<First>::create) kAll[] = {&Adapter<First>::create,
                                                                     &Adapter<More>::create...};
        if (index < count()) return kAll[index](host, instance, error);
        copyText(error->message, "this library has no plugin of that index");
        return ROTA_UNSUPPORTED;
    }

    static constexpr rota_entry kEntry{
        ROTA_ENTRY_MAGIC, sizeof(rota_entry), ROTA_ABI_MAJOR, ROTA_ABI_MINOR, 0, 0, "C++ " __VERSION__,
        &count,           &describe,          &create};
};

} // namespace sdk
} // namespace rota

/// At file scope, once a library, with all its plugin classes: ROTA_PLUGIN(MyChannel);
#define ROTA_PLUGIN(...) constinit const rota_entry rota_plugin_entry = ::rota::sdk::Library<__VA_ARGS__>::kEntry
