#include "http/connection_table.hpp"

#include <sys/epoll.h>

#include <algorithm>

namespace rota::http {
namespace {

bool forRequest(ConnectionTable::Wait wait) {
    return wait == ConnectionTable::Wait::NextRequest || wait == ConnectionTable::Wait::RestOfRequest;
}

} // namespace

void ConnectionTable::add(Ptr connection, SteadyTime now) {
    const std::lock_guard lock{mutex_};
    const auto id = ++lastId_;
    auto& entry = entries_[id];
    entry = {std::move(connection), Wait::NextRequest, now, {}};
    entry.deadline = deadline(entry);
    arm(EPOLL_CTL_ADD, id, entry);
}

ConnectionTable::Ptr ConnectionTable::take(std::uint64_t id) {
    const std::lock_guard lock{mutex_};
    const auto found = entries_.find(id);
    return found == entries_.end() ? nullptr : std::move(found->second.connection);
}

void ConnectionTable::putBack(std::uint64_t id, Ptr connection, Wait wait, bool progress, SteadyTime now) {
    // Under the lock, or the sweeper could close this descriptor, and its number be another connection's, before it is
    // armed.
    const std::lock_guard lock{mutex_};
    auto& entry = entries_.at(id);
    if (progress || wait != entry.wait) entry.since = now;
    entry.wait = wait;
    entry.connection = std::move(connection);
    entry.deadline = deadline(entry);
    arm(EPOLL_CTL_MOD, id, entry);
}

void ConnectionTable::close(std::uint64_t id, Ptr connection) {
    connection.reset();
    const std::lock_guard lock{mutex_};
    entries_.erase(id);
    if (entries_.empty()) emptied_.notify_all();
}

void ConnectionTable::closeOverdue(SteadyTime now, std::string_view lastWord) {
    const std::lock_guard lock{mutex_};
    for (auto at = entries_.begin(); at != entries_.end();) {
        auto& [id, entry] = *at;
        const bool overdue = entry.connection && entry.deadline <= now;
        const bool closes = overdue && !(entry.wait == Wait::RestOfRequest && dismiss(id, entry, lastWord, now));
        at = closes ? entries_.erase(at) : std::next(at);
    }
    if (entries_.empty()) emptied_.notify_all();
}

/// False where the client takes not even that.
bool ConnectionTable::dismiss(std::uint64_t id, Entry& entry, std::string_view lastWord, SteadyTime now) {
    entry.connection->write(std::string{lastWord});
    if (!entry.connection->send() || entry.connection->hasToSend()) return false;
    entry.connection->finishSending();
    entry.connection->closeWhenSent = entry.connection->draining = true;
    entry.wait = Wait::ClientsEnd;
    entry.since = now;
    entry.deadline = deadline(entry);
    arm(EPOLL_CTL_MOD, id, entry);
    return entry.deadline > now;
}

bool ConnectionTable::closeLongestWaiting() {
    const std::lock_guard lock{mutex_};
    auto longest = longestWaiting(Wait::NextRequest);
    if (longest == entries_.end()) longest = longestWaiting(Wait::RestOfRequest);
    if (longest == entries_.end()) return false;
    entries_.erase(longest);
    return true;
}

ConnectionTable::Entries::iterator ConnectionTable::longestWaiting(Wait wait) {
    auto longest = entries_.end();
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
        if (!entry->second.connection || entry->second.wait != wait) continue;
        if (longest == entries_.end() || entry->second.since < longest->second.since) longest = entry;
    }
    return longest;
}

void ConnectionTable::limitDeadlines(SteadyTime requests, SteadyTime all) {
    const std::lock_guard lock{mutex_};
    latestForRequests_ = requests;
    latest_ = all;
    for (auto& [id, entry] : entries_)
        entry.deadline = deadline(entry);
    if (entries_.empty()) emptied_.notify_all();
}

std::size_t ConnectionTable::size() const {
    const std::lock_guard lock{mutex_};
    return entries_.size();
}

bool ConnectionTable::waitUntilEmpty(std::chrono::milliseconds timeout) const {
    std::unique_lock lock{mutex_};
    return emptied_.wait_for(lock, timeout, [this] { return entries_.empty(); });
}

SteadyTime ConnectionTable::deadline(const Entry& entry) const {
    auto allowed = deadlines_.nextRequest;
    if (entry.wait == Wait::RestOfRequest) allowed = deadlines_.restOfRequest;
    if (entry.wait == Wait::Writable) allowed = deadlines_.writable;
    if (entry.wait == Wait::ClientsEnd) allowed = deadlines_.clientsEnd;
    auto deadline = entry.since + allowed;
    if (forRequest(entry.wait) && latestForRequests_) deadline = std::min(deadline, *latestForRequests_);
    return latest_ ? std::min(deadline, *latest_) : deadline;
}

void ConnectionTable::arm(int operation, std::uint64_t id, const Entry& entry) const {
    const bool writable = entry.wait == Wait::Writable || entry.wait == Wait::Turn;
    epoll_event event{};
    event.events = static_cast<std::uint32_t>(EPOLLONESHOT) | (writable ? EPOLLOUT : EPOLLIN);
    event.data.u64 = id;
    // Fails only without memory; the connection is then closed at its deadline.
    ::epoll_ctl(epoll_, operation, entry.connection->descriptor(), &event);
}

} // namespace rota::http
