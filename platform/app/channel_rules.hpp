#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace rota::app {

/// What is configured of a channel's instance beside its plugin: `channel.<instance>.…`.
struct ChannelRules {
    double perSecond = 0; ///< messages at most, of all servers together; 0: as many as come
    /// Whether a message whose outcome nobody can tell is handed to the same channel again. None: where the channel
    /// honours our idempotency key.
    std::optional<bool> resendInDoubt;
};

/// The rules of all instances, exchanged while messages go out. [thread-safe]
class ChannelRulesByName {
public:
    using Map = std::map<std::string, ChannelRules, std::less<>>;

    ChannelRulesByName() = default;
    explicit ChannelRulesByName(Map rules) : rules_(std::move(rules)) {}

    /// An instance that was not named has none.
    ChannelRules of(const std::string& instance) const {
        const std::scoped_lock lock(mutex_);
        const auto found = rules_.find(instance);
        return found == rules_.end() ? ChannelRules{} : found->second;
    }

    /// From the next message on.
    void replace(Map rules) {
        const std::scoped_lock lock(mutex_);
        rules_ = std::move(rules);
    }

private:
    mutable std::mutex mutex_;
    Map rules_;
};

} // namespace rota::app
