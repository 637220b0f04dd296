#pragma once

#include "base/time.hpp"

#include <map>
#include <mutex>
#include <string>

namespace rota::app {

/// Which instances of channels are broken: their key is refused, their configuration wrong. One that is broken is left
/// alone for a while, then tried with one message. An operator is told once when it breaks, and once when it works
/// again. Of this process alone. [thread-safe]
class ChannelCircuit {
public:
    /// How long it is to be left alone; 0 where a message may be handed to it now.
    base::Milliseconds leftAlone(const std::string& instance, base::Instant now);

    void broke(const std::string& instance, base::Instant now, const std::string& error);
    void worked(const std::string& instance);

    /// All instances are made anew: what each did before says nothing about it, and some may be gone.
    void forget();

    /// Every instance that has been used since.
    std::map<std::string, bool> broken() const;

private:
    struct State {
        int times = 0; ///< in a row
        base::Instant until;
    };

    mutable std::mutex mutex_;
    std::map<std::string, State> states_;
};

} // namespace rota::app
