#pragma once

#include "base/time.hpp"

#include <string>
#include <variant>

namespace rota::app {

/// What a client was told, to be told again.
struct StoredAnswer {
    int status = 200;
    std::string body;
    std::string location; ///< empty for none

    bool operator==(const StoredAnswer&) const = default;
};

/// A request that a client may repeat.
struct KeyedRequest {
    std::string key;
    std::string fingerprint; ///< equal for equal requests only
    std::string token;       ///< of this attempt, unlike any other's
};

/// Who answers a key: the first request that came with it, for everybody who repeats it within
/// limits::kIdempotencyKept. Throws StorageError. [thread-safe]
class IdempotencyStore {
public:
    virtual ~IdempotencyStore() = default;

    /// The key is this attempt's: do the work, then finish or abandon.
    struct Begun {};
    struct UnderWay {};
    /// The key was used with another fingerprint.
    struct OtherRequest {};
    using Claim = std::variant<Begun, UnderWay, OtherRequest, StoredAnswer>;

    /// Takes over what an equal request left behind limits::kIdempotencyTakeover ago: its process died. Removes some
    /// of the expired keys.
    virtual Claim begin(const KeyedRequest& request, base::Instant now) = 0;

    /// Both do nothing where another attempt has taken over.
    virtual void finish(const KeyedRequest& request, const StoredAnswer& answer) = 0;
    virtual void abandon(const KeyedRequest& request) = 0;
};

} // namespace rota::app
