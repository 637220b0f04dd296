#pragma once

#include <map>
#include <optional>
#include <string>

namespace rota::app {

/// What is configured of a channel's instance beside its plugin: `channel.<instance>.…`.
struct ChannelRules {
    double perSecond = 0; ///< messages at most, of all servers together; 0: as many as come
    /// Whether a message whose outcome nobody can tell is handed to the same channel again. None: where the channel
    /// honours our idempotency key.
    std::optional<bool> resendInDoubt;
};

/// By the instance's name; one that is not here has none.
using ChannelRulesByName = std::map<std::string, ChannelRules, std::less<>>;

inline ChannelRules rulesOf(const ChannelRulesByName& rules, const std::string& instance) {
    const auto found = rules.find(instance);
    return found == rules.end() ? ChannelRules{} : found->second;
}

} // namespace rota::app
