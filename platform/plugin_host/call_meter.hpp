#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace rota::plugin_host {

/// How many calls an instance took, how many failed, and how long they lasted. [thread-safe]
class CallMeter {
public:
    using Duration = std::chrono::steady_clock::duration;

    void record(Duration took, bool failed);

    struct Reading {
        std::uint64_t calls = 0;
        std::uint64_t errors = 0;
        std::chrono::microseconds p50{0}; ///< half of the calls took no longer; to a fifth exact
        std::chrono::microseconds p99{0};
    };
    Reading read() const;

private:
    /// Four steps to each doubling of the microseconds: the last begins at a quarter of an hour.
    static constexpr std::size_t kSteps = 4 * 30;

    std::array<std::atomic<std::uint64_t>, kSteps> steps_{};
    std::atomic<std::uint64_t> errors_{0};
};

} // namespace rota::plugin_host
