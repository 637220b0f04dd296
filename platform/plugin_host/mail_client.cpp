#include "plugin_host/mail_client.hpp"

#include "plugin_host/abi.hpp"
#include "plugin_host/mime.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <new>
#include <optional>
#include <string_view>

namespace rota::plugin_host {
namespace {

constexpr std::uint32_t kDefaultConnectTimeoutMs = 5000;

/// One conversation, as the callbacks of libcurl see it.
struct Conversation {
    const rota_call* call = nullptr;
    std::string content;
    std::size_t written = 0; ///< of the content
    std::uint32_t stage = ROTA_MAIL_STAGE_CONNECT;
    int reply = 0;        ///< to the last command; 0 as long as there is none
    std::string enhanced; ///< of that reply
    bool over = false;    ///< we said goodbye: what is replied to that is no answer
};

/// A command of ours begins a stage; what was replied before belongs to an earlier one.
void onCommand(Conversation& talk, std::string_view line) {
    struct Begins {
        std::string_view verb;
        std::uint32_t stage;
    };
    static constexpr Begins kStages[] = {{"AUTH", ROTA_MAIL_STAGE_AUTH},
                                         {"MAIL", ROTA_MAIL_STAGE_SENDER},
                                         {"RCPT", ROTA_MAIL_STAGE_RECIPIENT},
                                         {"DATA", ROTA_MAIL_STAGE_DATA}};
    for (const auto& [verb, stage] : kStages)
        if (line.starts_with(verb)) talk.stage = stage;
    talk.over = line.starts_with("QUIT");
    if (!talk.over) talk.reply = 0;
}

/// "550 5.1.1 No such user", or "550-…" where more follows.
void onReply(Conversation& talk, std::string_view line) {
    const auto digit = [&](std::size_t at) {
        return at < line.size() && std::isdigit(static_cast<unsigned char>(line[at]));
    };
    if (talk.over || !digit(0) || !digit(1) || !digit(2)) return;
    talk.reply = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    const auto code = line.size() > 4 ? line.substr(4, line.substr(4).find_first_of(" \r\n")) : std::string_view{};
    const bool isCode = code.size() >= 5 && code.size() < 12 && (code[0] == '4' || code[0] == '5') && code[1] == '.' &&
                        std::ranges::all_of(code, [](unsigned char c) { return std::isdigit(c) != 0 || c == '.'; });
    talk.enhanced = isCode ? std::string(code) : "";
    // The leave to send: from here on the message may have arrived.
    if (talk.reply != 354) return;
    talk.stage = ROTA_MAIL_STAGE_CONTENT;
    talk.reply = 0;
}

/// Exceptions must not pass through libcurl; the only one here is that the memory is full.
int onMailTrace(CURL*, curl_infotype type, char* data, std::size_t size, void* ctx) noexcept {
    auto& talk = *static_cast<Conversation*>(ctx);
    try {
        if (type == CURLINFO_HEADER_OUT) onCommand(talk, {data, size});
        if (type == CURLINFO_HEADER_IN) onReply(talk, {data, size});
    } catch (const std::bad_alloc&) {
        talk.enhanced.clear();
    }
    return 0;
}

int onMailProgress(void* ctx, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    const auto& call = *static_cast<Conversation*>(ctx)->call;
    return call.cancelled(call.ctx) != 0 ? 1 : 0;
}

std::size_t onRead(char* buffer, std::size_t, std::size_t size, void* ctx) {
    auto& talk = *static_cast<Conversation*>(ctx);
    const auto taken = talk.content.copy(buffer, size, talk.written);
    talk.written += taken;
    return taken;
}

std::size_t onAnswer(char*, std::size_t, std::size_t size, void*) {
    return size;
}

long useSsl(std::uint32_t tls) {
    if (tls == ROTA_MAIL_TLS_NONE) return CURLUSESSL_NONE;
    return tls == ROTA_MAIL_TLS_OPPORTUNISTIC ? CURLUSESSL_TRY : CURLUSESSL_ALL;
}

std::string urlOf(const rota_mail_server& server) {
    std::string host(view(server.host));
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    return (server.tls == ROTA_MAIL_TLS_IMPLICIT ? "smtps://" : "smtp://") + host + ":" + std::to_string(server.port);
}

void setServer(CURL* curl, const rota_call& call, const rota_mail_server& server, Conversation& talk) {
    const auto set = [curl](CURLoption option, rota_str text) {
        if (text.len > 0) curl_easy_setopt(curl, option, std::string(view(text)).c_str()); // copied
    };
    const auto connect = server.connect_timeout_ms > 0 ? server.connect_timeout_ms : kDefaultConnectTimeoutMs;
    curl_easy_setopt(curl, CURLOPT_URL, urlOf(server).c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_USE_SSL, useSsl(server.tls));
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_CAINFO, server.ca_file);
    set(CURLOPT_USERNAME, server.user);
    set(CURLOPT_PASSWORD, server.password);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max(call.timeout_ms, 1U)));
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(call.timeout_ms, connect)));
    // libcurl tries once more by itself when a kept connection turns out to be closed, wherever that was noticed.
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L); // to the trace function alone, which prints nothing
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, &onMailTrace);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &talk);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &onMailProgress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &talk);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &onAnswer);
}

/// What a reply of the server means. Its text may quote the address, so it goes no further.
rota_status statusOfReply(const Conversation& talk, rota_error& error) {
    const std::string said =
        "the mail server said " + std::to_string(talk.reply) + (talk.enhanced.empty() ? "" : " " + talk.enhanced);
    const bool policy = talk.enhanced.starts_with("5.7.");
    if (talk.reply < 500) return refuse(error, ROTA_RETRY, said + ": not now");
    if (talk.stage == ROTA_MAIL_STAGE_AUTH || talk.reply == 530 || talk.reply == 535)
        return refuse(error, ROTA_AUTH, said + ": it does not take user and password");
    switch (talk.stage) {
    case ROTA_MAIL_STAGE_CONNECT: return refuse(error, ROTA_RETRY, said + " at the beginning");
    case ROTA_MAIL_STAGE_RECIPIENT:
        return policy ? refuse(error, ROTA_REJECTED, said + ": it does not send there for us")
                      : refuse(error, ROTA_BAD_RECIPIENT, said + ": it does not take the recipient");
    case ROTA_MAIL_STAGE_CONTENT: return refuse(error, ROTA_REJECTED, said + ": it refuses the message");
    default: return refuse(error, ROTA_PERMANENT, said + ": it refuses the sender");
    }
}

rota_status statusOf(CURLcode result, const Conversation& talk, rota_error& error) {
    if (talk.reply >= 400) return statusOfReply(talk, error);
    const std::string why = curl_easy_strerror(result);
    if (talk.stage == ROTA_MAIL_STAGE_CONTENT)
        return refuse(error, ROTA_UNKNOWN_OUTCOME, "the connection was lost while the message was sent: " + why);
    if (result == CURLE_ABORTED_BY_CALLBACK) return refuse(error, ROTA_CANCELLED, "cancelled before it was sent");
    if (result == CURLE_LOGIN_DENIED)
        return refuse(error, ROTA_AUTH, "the mail server offers no way to log in that is known here");
    return refuse(error, ROTA_UNAVAILABLE, "not sent: " + why);
}

bool isAddress(rota_str address) {
    const auto text = view(address);
    return !text.empty() &&
           std::ranges::none_of(text, [](unsigned char c) { return c <= 0x20 || c == 0x7F || c == '<' || c == '>'; });
}

/// Why it is not even tried.
std::optional<rota_status> fault(const std::set<std::string>& hosts, const rota_call& call,
                                 const rota_mail_server& server, rota_error& error) {
    if (!ROTA_HAS(&server, rota_mail_server, ca_file))
        return refuse(error, ROTA_UNSUPPORTED, "the server's struct_size is too small");
    if (!hosts.contains(std::string(view(server.host))))
        return refuse(error, ROTA_CONFIG, "this plugin may not call a mail server that is not in its configuration");
    if (call.cancelled(call.ctx) != 0) return refuse(error, ROTA_CANCELLED, "cancelled before it was sent");
    return std::nullopt;
}

using Handle = std::unique_ptr<CURL, void (*)(CURL*)>;

Handle makeHandle() {
    static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
    Handle handle(once == CURLE_OK ? curl_easy_init() : nullptr, &curl_easy_cleanup);
    if (!handle) throw std::bad_alloc();
    return handle;
}

rota_status concluded(CURLcode code, const Conversation& talk, rota_mail_result& result, rota_error& error) {
    result.reply = talk.reply;
    result.stage = talk.stage;
    copyText(result.enhanced, talk.enhanced);
    return code == CURLE_OK ? ROTA_OK : statusOf(code, talk, error);
}

} // namespace

MailClient::MailClient(std::set<std::string> hosts) : hosts_(std::move(hosts)) {}

rota_status MailClient::send(const rota_call& call, const rota_mail_server& server, const rota_mail_message& message,
                             rota_mail_result& result, rota_error& error) const {
    if (const auto refused = fault(hosts_, call, server, error)) return *refused;
    if (!ROTA_HAS(&message, rota_mail_message, html))
        return refuse(error, ROTA_UNSUPPORTED, "the message's struct_size is too small");
    if (!isAddress(message.to)) return refuse(error, ROTA_BAD_RECIPIENT, "that is no email address");
    if (!isAddress(message.from) || !isAddress(message.message_id) ||
        (message.reply_to.len > 0 && !isAddress(message.reply_to)))
        return refuse(error, ROTA_UNSUPPORTED, "the sender, the address for replies or the message's id is malformed");

    Conversation talk;
    talk.call = &call;
    talk.content = mimeOf(message);
    const auto handle = makeHandle();
    setServer(handle.get(), call, server, talk);
    const std::unique_ptr<curl_slist, void (*)(curl_slist*)> recipients(
        curl_slist_append(nullptr, ("<" + std::string(view(message.to)) + ">").c_str()), &curl_slist_free_all);
    if (!recipients) throw std::bad_alloc();
    curl_easy_setopt(handle.get(), CURLOPT_MAIL_FROM, ("<" + std::string(view(message.from)) + ">").c_str());
    curl_easy_setopt(handle.get(), CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(handle.get(), CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle.get(), CURLOPT_READFUNCTION, &onRead);
    curl_easy_setopt(handle.get(), CURLOPT_READDATA, &talk);
    return concluded(curl_easy_perform(handle.get()), talk, result, error);
}

rota_status MailClient::check(const rota_call& call, const rota_mail_server& server, rota_mail_result& result,
                              rota_error& error) const {
    if (const auto refused = fault(hosts_, call, server, error)) return *refused;
    Conversation talk;
    talk.call = &call;
    const auto handle = makeHandle();
    setServer(handle.get(), call, server, talk);
    curl_easy_setopt(handle.get(), CURLOPT_CONNECT_ONLY, 1L);
    return concluded(curl_easy_perform(handle.get()), talk, result, error);
}

} // namespace rota::plugin_host
