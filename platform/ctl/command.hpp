#pragma once

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace rota::ctl {

/// What rotactl ends with; beyond 1, as sysexits.h calls it.
enum ExitCode : int {
    kOk = 0,
    kFinding = 1,        ///< it ran, and what it found is not good
    kUsage = 64,         ///< called in a wrong way
    kUnreachable = 69,   ///< a database or server does not answer
    kSoftware = 70,      ///< a mistake in rotactl itself
    kConfiguration = 78, ///< the configuration has to be mended
};

/// Ends a command with a text for the operator.
class Stop : public std::runtime_error {
public:
    Stop(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
    ExitCode code() const { return code_; }

private:
    ExitCode code_;
};

struct Option {
    std::string name;
    std::string help;
    std::string argument = ""; ///< "FILE"; empty for a switch
};

/// What a command was called with.
struct Arguments {
    std::map<std::string, std::string> options;
    std::vector<std::string> operands;

    bool has(const std::string& option) const { return options.contains(option); }
    std::string value(const std::string& option, const std::string& fallback = "") const {
        const auto found = options.find(option);
        return found == options.end() ? fallback : found->second;
    }
};

/// One thing that rotactl does: a file below commands/, and a line in commands.cpp.
struct Command {
    std::string name;     ///< "plugin list"
    std::string operands; ///< "FILE|NAME", as the usage shows it
    std::size_t least = 0;
    std::size_t most = 0; ///< of operands
    std::string summary;  ///< one sentence
    std::string details = "";
    std::vector<Option> options = {};
    std::function<ExitCode(const Arguments&)> run;
};

} // namespace rota::ctl
