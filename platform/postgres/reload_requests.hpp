#pragma once

#include "base/time.hpp"
#include "postgres/connection.hpp"

#include <cstdint>
#include <optional>

namespace rota::postgres {

/// That somebody asked all servers of this database to read their configuration anew: a number that only rises, and a
/// notification, which may be lost, so that they look at once. On a session of its own. Throws StorageError; then it is
/// to be made anew. Not for two threads at once.
class ReloadRequests {
public:
    explicit ReloadRequests(const ConnectionSettings& settings);

    struct Request {
        std::int64_t number = 0;
        base::Instant at;
    };
    /// The last one; number 0 where nobody ever asked.
    Request latest();

    /// Makes another one, and answers its number.
    std::int64_t ask(base::Instant now);

    /// True as soon as somebody asks, false after that time.
    bool await(base::Milliseconds atMost) { return connection_.awaitNotification(atMost); }

private:
    Connection connection_;
};

} // namespace rota::postgres
