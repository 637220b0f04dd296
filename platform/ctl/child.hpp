#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace rota::ctl {

/// What became of a child process.
struct ChildEnd {
    std::string answer; ///< what the work returned; empty where it did not come to its end
    std::string said;   ///< what it printed, on either stream
    std::string fault;  ///< "crashed (Segmentation fault)", "took longer than 5000 ms"; empty where all went well

    bool good() const { return fault.empty(); }
};

/// Runs `work` in a child process: foreign code may crash there, hang or print what it likes. The child is a copy of
/// this process, which must therefore have no other threads.
ChildEnd inChild(const std::function<std::string()>& work, std::chrono::milliseconds limit);

} // namespace rota::ctl
