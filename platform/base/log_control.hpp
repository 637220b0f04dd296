#pragma once

#include "base/log.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// For programs that change their logs while they run, or hand them to another process. [thread-safe]
namespace rota::base::log {

void setLevel(Level level);

/// A line on its way between two processes.
struct Line {
    struct Part {
        std::string key;
        std::string value;
        bool quoted = true;
    };
    Level level = Level::Info;
    std::string event;
    std::vector<Part> fields;
};

/// From now on lines of every level go there instead of to standard error. Call once, before threads start; `take` may
/// be called from any thread, and must not log.
void handOver(std::function<void(const Line&)> take);

/// As if it had been logged here.
void write(const Line& line);

} // namespace rota::base::log
