#pragma once

#include "redis/redis_url.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct redisContext;

namespace rota::redis {

/// What Redis answered.
struct Reply {
    enum class Type { Nil, Integer, Text, Array };
    Type type = Type::Nil;
    long long integer = 0;
    std::string text;
    std::vector<Reply> elements;
};

/// One connection, logged in, with the database selected and the scripts loaded. Once broken it is thrown away and
/// another made: hiredis can reconnect, but replays neither AUTH nor SELECT, and forgets its timeout. [one thread at a
/// time]
class Connection {
public:
    enum class Purpose { Commands, Subscription };

    /// Throws QueueError.
    explicit Connection(const Endpoint& endpoint, Purpose purpose = Purpose::Commands);

    /// Throws QueueError.
    Reply command(const std::vector<std::string>& arguments);

    /// Runs an embedded script by its file's name. Throws QueueError.
    Reply script(std::string_view file, const std::vector<std::string>& keys,
                 const std::vector<std::string>& arguments);

    /// Changes with every start of the server, and with every other server.
    const std::string& runId() const { return runId_; }
    /// Whether it can be used no more; a command that Redis merely refused leaves it in order.
    bool broken() const { return broken_; }
    /// Whether what broke it was an answer that never came, as against a connection found closed.
    bool timedOut() const { return timedOut_; }

    int descriptor() const;
    /// Reads what has arrived and returns whether any message of a subscription was among it. Call when the descriptor
    /// is readable. Throws QueueError.
    bool readMessages();

private:
    struct Free {
        void operator()(redisContext* context) const;
    };

    void login(const Endpoint& endpoint);
    void loadScripts();
    void send(const std::vector<std::string>& arguments);
    Reply receive();
    [[noreturn]] void fail();

    std::unique_ptr<redisContext, Free> context_;
    std::string runId_;
    std::map<std::string_view, std::string> hashes_; ///< of the scripts, by file name
    bool broken_ = false;
    bool timedOut_ = false;
};

} // namespace rota::redis
