#pragma once

#include "base/time.hpp"

namespace rota::base {

/// The only source of "now". Everything that decides by the time is given one; SQL and Lua get the time as a parameter.
/// [thread-safe]
class Clock {
public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
};

/// The machine's clock, which NTP keeps.
class SystemClock final : public Clock {
public:
    Instant now() const override { return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()); }
};

} // namespace rota::base
