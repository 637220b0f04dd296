#pragma once

#include "ctl/conform/subject.hpp"

#include <functional>
#include <string>
#include <vector>

namespace rota::ctl::conform {

/// One thing that a plugin must keep to. Runs in a process of its own.
struct Check {
    std::string name; ///< a sentence about the plugin: "sends nothing once a call is cancelled"
    std::function<void(const Subject&)> run;
};

/// The first of the instance's: without it there is nothing more to check.
inline constexpr const char* kTakesConfiguration = "takes its configuration";

/// Of every kind: an older host's structs are shorter than those of a newer header, and no text ends with a zero.
inline constexpr const char* kStaysWithin = "reads and writes nothing behind the end of what it is given";

std::vector<Check> libraryChecks(); ///< once a library; the subject is its first plugin
std::vector<Check> instanceChecks();
std::vector<Check> channelChecks(const Fixtures& fixtures);
std::vector<Check> availabilityChecks();
std::vector<Check> waitlistChecks();

} // namespace rota::ctl::conform
