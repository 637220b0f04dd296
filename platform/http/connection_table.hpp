#pragma once

#include "http/connection.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace rota::http {

/// All connections of a server, each either waiting in the epoll set, with a deadline, or held by the one thread that
/// serves it. Only who holds a connection may touch it; a waiting one belongs to the table, which gives it out once.
/// [thread-safe]
class ConnectionTable {
public:
    using Ptr = std::unique_ptr<Connection>;
    /// What a waiting connection waits for. `Turn` is at once, behind the others that are ready.
    enum class Wait { NextRequest, RestOfRequest, Writable, ClientsEnd, Turn };

    struct Deadlines {
        std::chrono::milliseconds nextRequest;
        std::chrono::milliseconds restOfRequest;
        std::chrono::milliseconds writable;
        std::chrono::milliseconds clientsEnd;
    };

    /// `epoll` must outlive the table. A waiting connection's event carries its id.
    ConnectionTable(int epoll, Deadlines deadlines) : epoll_(epoll), deadlines_(deadlines) {}

    /// Adds a new connection, waiting for its first request.
    void add(Ptr connection, SteadyTime now);

    /// Takes a waiting connection to serve it. None where it has been closed or is held.
    Ptr take(std::uint64_t id);

    /// Gives it back to wait. Its deadline runs on where it waits for the same as before, so that trickling bytes do
    /// not move it, unless a request was answered since (`progress`).
    void putBack(std::uint64_t id, Ptr connection, Wait wait, bool progress, SteadyTime now);

    /// Forgets a connection that is held, and closes it.
    void close(std::uint64_t id, Ptr connection);

    /// Closes all that are past their deadline; those whose request did not arrive in time hear a last word before.
    void closeOverdue(SteadyTime now, std::string_view lastWord);

    /// Closes the one that has waited longest for its next request, else for the rest of one. False where there is
    /// none.
    bool closeLongestWaiting();

    /// From now on, nothing waits for requests beyond `requests`, nor for anything else beyond `all`.
    void limitDeadlines(SteadyTime requests, SteadyTime all);

    std::size_t size() const;
    /// Whether all connections were closed before `timeout` passed.
    bool waitUntilEmpty(std::chrono::milliseconds timeout) const;

private:
    struct Entry {
        Ptr connection; ///< null while held
        Wait wait = Wait::NextRequest;
        SteadyTime since; ///< when this kind of waiting began
        SteadyTime deadline;
    };
    using Entries = std::unordered_map<std::uint64_t, Entry>;

    SteadyTime deadline(const Entry& entry) const;
    bool dismiss(std::uint64_t id, Entry& entry, std::string_view lastWord, SteadyTime now);
    void arm(int operation, std::uint64_t id, const Entry& entry) const;
    Entries::iterator longestWaiting(Wait wait);

    const int epoll_;
    const Deadlines deadlines_;
    mutable std::mutex mutex_;
    mutable std::condition_variable emptied_;
    Entries entries_;
    std::uint64_t lastId_ = 0;
    std::optional<SteadyTime> latestForRequests_;
    std::optional<SteadyTime> latest_;
};

} // namespace rota::http
