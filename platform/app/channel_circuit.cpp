#include "app/channel_circuit.hpp"

#include "base/log.hpp"

#include <algorithm>

namespace rota::app {
namespace {

using base::Milliseconds;

/// A key is put right by people: seconds would only burden the provider, and hours would make patients wait for
/// nothing.
constexpr Milliseconds kFirst = std::chrono::seconds{15};
constexpr Milliseconds kMost = std::chrono::minutes{5};

/// While one message tries whether it works again, the others wait for what becomes of it.
constexpr Milliseconds kTrial = std::chrono::seconds{10};

} // namespace

Milliseconds ChannelCircuit::leftAlone(const std::string& instance, base::Instant now) {
    const std::lock_guard lock(mutex_);
    auto& state = states_[instance];
    if (state.times == 0) return Milliseconds{0};
    // A clock that was set back must not shut it for longer than it was meant.
    if (state.until > now) return std::min(state.until - now, kMost);
    state.until = now + kTrial;
    return Milliseconds{0};
}

void ChannelCircuit::broke(const std::string& instance, base::Instant now, const std::string& error) {
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        auto& state = states_[instance];
        // Senders that were under way when it broke say nothing new.
        first = state.times == 0;
        auto pause = kFirst;
        for (int i = 0; i < state.times && pause < kMost; ++i)
            pause *= 2;
        if (first || state.until <= now + kTrial) {
            ++state.times;
            state.until = now + std::min(pause, kMost);
        }
    }
    if (first)
        base::log::error("a channel is broken; its messages wait or go another way",
                         {{"channel", instance}, {"error", error}});
}

void ChannelCircuit::worked(const std::string& instance) {
    bool again = false;
    {
        const std::lock_guard lock(mutex_);
        auto& state = states_[instance];
        again = state.times > 0;
        state = {};
    }
    if (again) base::log::info("a channel works again", {{"channel", instance}});
}

void ChannelCircuit::forget() {
    const std::lock_guard lock(mutex_);
    states_.clear();
}

std::map<std::string, bool> ChannelCircuit::broken() const {
    const std::lock_guard lock(mutex_);
    std::map<std::string, bool> all;
    for (const auto& [instance, state] : states_)
        all[instance] = state.times > 0;
    return all;
}

} // namespace rota::app
