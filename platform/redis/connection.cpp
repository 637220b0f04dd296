#include "redis/connection.hpp"

#include "app/ports/errors.hpp"
#include "base/limits.hpp"
#include "lua_scripts.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <cerrno>

namespace rota::redis {
namespace {

using app::QueueError;

timeval asTimeval(std::chrono::milliseconds duration) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
    return {static_cast<time_t>(seconds.count()),
            static_cast<suseconds_t>(std::chrono::microseconds(duration - seconds).count())};
}

struct FreeReply {
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using RawReply = std::unique_ptr<redisReply, FreeReply>;

Reply converted(const redisReply& raw) {
    Reply reply;
    switch (raw.type) {
    case REDIS_REPLY_INTEGER:
        reply.type = Reply::Type::Integer;
        reply.integer = raw.integer;
        break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
        reply.type = Reply::Type::Text;
        reply.text.assign(raw.str, raw.len);
        break;
    case REDIS_REPLY_ARRAY:
        reply.type = Reply::Type::Array;
        reply.elements.reserve(raw.elements);
        for (std::size_t i = 0; i < raw.elements; ++i)
            reply.elements.push_back(converted(*raw.element[i]));
        break;
    default: break;
    }
    return reply;
}

std::string_view scriptText(std::string_view file) {
    const auto found = std::ranges::find(lua::kFiles, file, &lua::EmbeddedFile::name);
    if (found == lua::kFiles.end()) throw std::logic_error("no such script: " + std::string(file));
    return found->text;
}

/// An error that Redis answered. The connection itself is still good.
class Refusal : public QueueError {
public:
    using QueueError::QueueError;
};

} // namespace

void Connection::Free::operator()(redisContext* context) const {
    redisFree(context);
}

Connection::Connection(const Endpoint& endpoint, Purpose purpose)
    : context_(redisConnectWithTimeout(endpoint.host.c_str(), endpoint.port,
                                       asTimeval(base::limits::kRedisConnectTimeout))) {
    if (!context_) throw QueueError("Redis: out of memory");
    if (context_->err != 0) fail();
    // The connect's timeout bounds the connect alone. The keep-alive finds a subscription whose server is gone.
    if (redisSetTimeout(context_.get(), asTimeval(base::limits::kRedisCommandTimeout)) != REDIS_OK) fail();
    redisEnableKeepAlive(context_.get());
    login(endpoint);
    if (purpose == Purpose::Commands) loadScripts();
}

void Connection::login(const Endpoint& endpoint) {
    if (!endpoint.password.empty()) {
        if (endpoint.user.empty())
            command({"AUTH", endpoint.password});
        else
            command({"AUTH", endpoint.user, endpoint.password});
    }
    if (endpoint.database != 0) command({"SELECT", std::to_string(endpoint.database)});

    const std::string info = command({"INFO", "server"}).text;
    constexpr std::string_view kField = "run_id:";
    const auto begin = info.find(kField);
    if (begin == std::string::npos) throw QueueError("Redis: INFO server names no run_id");
    const auto value = begin + kField.size();
    runId_ = info.substr(value, info.find_first_of("\r\n", value) - value);
}

void Connection::loadScripts() {
    for (const auto& file : lua::kFiles)
        send({"SCRIPT", "LOAD", std::string(file.text)});
    // As many answers as commands, or the next command would get one of these.
    for (const auto& file : lua::kFiles)
        hashes_[file.name] = receive().text;
}

Reply Connection::command(const std::vector<std::string>& arguments) {
    send(arguments);
    return receive();
}

Reply Connection::script(std::string_view file, const std::vector<std::string>& keys,
                         const std::vector<std::string>& arguments) {
    std::vector<std::string> words{"EVALSHA", hashes_.at(file), std::to_string(keys.size())};
    words.insert(words.end(), keys.begin(), keys.end());
    words.insert(words.end(), arguments.begin(), arguments.end());
    try {
        return command(words);
    } catch (const Refusal& refusal) {
        // SCRIPT FLUSH, or a replica that took over behind the same connection: EVAL loads it again.
        if (!std::string_view(refusal.what()).starts_with("Redis: NOSCRIPT")) throw;
    }
    words[0] = "EVAL";
    words[1] = scriptText(file);
    return command(words);
}

void Connection::send(const std::vector<std::string>& arguments) {
    std::vector<const char*> words;
    std::vector<std::size_t> lengths;
    for (const auto& argument : arguments) {
        words.push_back(argument.data());
        lengths.push_back(argument.size());
    }
    const auto count = static_cast<int>(words.size());
    if (redisAppendCommandArgv(context_.get(), count, words.data(), lengths.data()) != REDIS_OK) fail();
}

Reply Connection::receive() {
    void* raw = nullptr;
    if (redisGetReply(context_.get(), &raw) != REDIS_OK || raw == nullptr) fail();
    const RawReply reply(static_cast<redisReply*>(raw));
    if (reply->type == REDIS_REPLY_ERROR) throw Refusal("Redis: " + std::string(reply->str, reply->len));
    return converted(*reply);
}

int Connection::descriptor() const {
    return context_->fd;
}

bool Connection::readMessages() {
    if (redisBufferRead(context_.get()) != REDIS_OK) fail();
    bool any = false;
    for (;;) {
        void* raw = nullptr;
        if (redisGetReplyFromReader(context_.get(), &raw) != REDIS_OK) fail();
        if (raw == nullptr) return any;
        const RawReply message(static_cast<redisReply*>(raw));
        any = true;
    }
}

void Connection::fail() {
    broken_ = true;
    timedOut_ = context_->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ETIMEDOUT);
    throw QueueError(std::string("Redis: ") + (timedOut_ ? "no answer in time" : context_->errstr));
}

} // namespace rota::redis
