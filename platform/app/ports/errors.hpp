#pragma once

#include <stdexcept>
#include <string>

namespace rota::app {

/// The database failed, not the request. `what()` names the SQLSTATE and constraint for the log; a client never sees
/// it.
class StorageError : public std::runtime_error {
public:
    StorageError(std::string sqlstate, std::string constraint, const std::string& message)
        : std::runtime_error(message), sqlstate_(std::move(sqlstate)), constraint_(std::move(constraint)) {}

    /// Five characters, or empty where no server answered.
    const std::string& sqlstate() const { return sqlstate_; }
    const std::string& constraint() const { return constraint_; }

private:
    std::string sqlstate_;
    std::string constraint_;
};

/// No connection to be had, or it broke. The statement may or may not have taken effect.
class StorageUnavailable : public StorageError {
public:
    explicit StorageUnavailable(const std::string& message) : StorageError("", "", message) {}
};

/// Redis failed. PostgreSQL holds every job, so nothing is lost by it.
class QueueError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

} // namespace rota::app
