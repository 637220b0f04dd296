#include "support/redis_server.hpp"

#include "redis/redis_url.hpp"

#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <random>
#include <stdexcept>
#include <thread>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;

/// Below the range from which the kernel takes ports for outgoing connections, so that it is still free where a test
/// stops the server and starts it again. Another process may be faster to it the first time.
int freePort() {
    std::random_device random;
    std::uniform_int_distribution<std::uint16_t> ports{20'000, 29'999};
    for (int attempt = 0; attempt < 100; ++attempt) {
        const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const auto port = ports(random);
        address.sin_port = htons(port);
        const bool bound = bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
        close(descriptor);
        if (bound) return port;
    }
    throw std::runtime_error("no free port");
}

using Context = std::unique_ptr<redisContext, void (*)(redisContext*)>;

/// Whether a Redis answers there, be it only that it wants a password. While it loads a snapshot it does not count.
bool answers(int port) {
    const Context context(redisConnect("127.0.0.1", port), redisFree);
    if (!context || context->err != 0) return false;
    auto* reply = static_cast<redisReply*>(::redisCommand(context.get(), "PING"));
    if (reply == nullptr) return false;
    const std::string text(reply->str, reply->len);
    freeReplyObject(reply);
    return !text.starts_with("LOADING");
}

std::string asText(const redisReply& reply) {
    switch (reply.type) {
    case REDIS_REPLY_INTEGER: return std::to_string(reply.integer);
    case REDIS_REPLY_NIL: return "";
    case REDIS_REPLY_ARRAY: {
        std::string lines;
        for (std::size_t i = 0; i < reply.elements; ++i)
            lines += (i == 0 ? "" : "\n") + asText(*reply.element[i]);
        return lines;
    }
    default: return {reply.str, reply.len};
    }
}

} // namespace

RedisServer::RedisServer(std::vector<std::string> options) : options_(std::move(options)) {
    std::string pattern = (std::filesystem::temp_directory_path() / "rota-redis-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    directory_ = pattern;
    // Somebody else may take the port before the server does.
    for (int attempt = 0; attempt < 5 && pid_ < 0; ++attempt) {
        port_ = freePort();
        launch();
    }
    if (pid_ < 0) throw std::runtime_error("redis-server did not start");
}

RedisServer::~RedisServer() {
    kill();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

std::string RedisServer::url(const std::string& password, int database) const {
    const auto credentials = password.empty() ? "" : ":" + password + "@";
    return "redis://" + credentials + "127.0.0.1:" + std::to_string(port_) + "/" + std::to_string(database);
}

void RedisServer::start() {
    if (pid_ < 0) launch();
    if (pid_ < 0) throw std::runtime_error("redis-server did not start again");
}

void RedisServer::launch() {
    const auto port = std::to_string(port_);
    std::vector<const char*> words{"redis-server",     "--port",     port.c_str(),   "--bind",    "127.0.0.1",
                                   "--save",           "",           "--appendonly", "no",        "--dir",
                                   directory_.c_str(), "--loglevel", "warning",      "--logfile", "redis.log"};
    for (const auto& option : options_)
        words.push_back(option.c_str());
    words.push_back(nullptr);

    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(1);
        execvp(words[0], const_cast<char* const*>(words.data()));
        _exit(127);
    }
    for (int i = 0; i < 2000; ++i) {
        if (waitpid(pid_, nullptr, WNOHANG) == pid_) break;
        if (answers(port_)) return;
        std::this_thread::sleep_for(5ms);
    }
    if (pid_ > 0 && ::kill(pid_, 0) == 0) end(SIGKILL);
    pid_ = -1;
}

void RedisServer::stop() {
    end(SIGTERM);
}

void RedisServer::kill() {
    end(SIGKILL);
}

void RedisServer::end(int signal) {
    if (pid_ < 0) return;
    ::kill(pid_, signal);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

void RedisServer::freeze() {
    ::kill(pid_, SIGSTOP);
}

void RedisServer::thaw() {
    ::kill(pid_, SIGCONT);
}

std::string redisCommand(const std::string& url, const std::vector<std::string>& words) {
    const auto endpoint = redis::parseRedisUrl(url);
    const Context context(redisConnect(endpoint.host.c_str(), endpoint.port), redisFree);
    if (!context || context->err != 0) throw std::runtime_error("Redis does not answer");

    const auto run = [&](const std::vector<std::string>& command) {
        std::vector<const char*> texts;
        std::vector<std::size_t> lengths;
        for (const auto& word : command) {
            texts.push_back(word.data());
            lengths.push_back(word.size());
        }
        auto* reply = static_cast<redisReply*>(
            redisCommandArgv(context.get(), static_cast<int>(texts.size()), texts.data(), lengths.data()));
        if (reply == nullptr) throw std::runtime_error("Redis does not answer");
        const auto text = asText(*reply);
        const bool refused = reply->type == REDIS_REPLY_ERROR;
        freeReplyObject(reply);
        if (refused) throw std::runtime_error(text);
        return text;
    };
    if (!endpoint.password.empty()) run({"AUTH", endpoint.user.empty() ? "default" : endpoint.user, endpoint.password});
    if (endpoint.database != 0) run({"SELECT", std::to_string(endpoint.database)});
    return run(words);
}

} // namespace rota::testing
