#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace rota::testing {

/// A redis-server of one test's own, on a free port, which the test may stop, kill and start again on the same port.
/// It keeps nothing on disk unless told to. Ends with its owner, and with the test process.
class RedisServer {
public:
    /// Starts it. `options` are redis-server's: {"--requirepass", "secret"}. Throws std::runtime_error.
    explicit RedisServer(std::vector<std::string> options = {});
    ~RedisServer();
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;

    int port() const { return port_; }
    /// redis://[:password@]127.0.0.1:port/database
    std::string url(const std::string& password = "", int database = 0) const;

    /// Does nothing where it runs. Returns when it answers.
    void start();
    /// SIGTERM; returns when it has ended.
    void stop();
    /// SIGKILL.
    void kill();
    /// SIGSTOP and SIGCONT: it is there and does not answer.
    void freeze();
    void thaw();

private:
    void launch();
    void end(int signal);

    const std::vector<std::string> options_;
    std::filesystem::path directory_;
    int port_ = 0;
    pid_t pid_ = -1;
};

/// Runs one command on its own connection and returns the answer as text: integers in decimals, arrays one element a
/// line. Throws std::runtime_error where Redis answers an error, or nothing.
std::string redisCommand(const std::string& url, const std::vector<std::string>& words);

} // namespace rota::testing
