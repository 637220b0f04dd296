#pragma once

#include <string>
#include <string_view>

namespace rota::plugin_host {

/// Why a plugin or its configuration was refused. For operators: no secret is ever in it.
struct PluginProblem {
    std::string_view code; ///< one of `problem::`, for documentation and tests
    std::string subject;   ///< the file, instance or configuration key it is about: "channel.console.config.colour"
    std::string cause;
    std::string remedy; ///< what to do
    std::string key{};  ///< the configuration's that asks for it, where that is not the subject: "channel.x.plugin"

    /// "PLG-104 /usr/lib/rota/plugins/x.so (channel.x.plugin): is for aarch64, this server is x86_64: install the
    /// x86_64 build"
    std::string text() const {
        return std::string(code) + " " + subject + (key.empty() ? "" : " (" + key + ")") + ": " + cause + ": " + remedy;
    }
};

namespace problem {
inline constexpr std::string_view kName = "PLG-101";         ///< not a name that a plugin may have
inline constexpr std::string_view kMissing = "PLG-102";      ///< in none of the directories
inline constexpr std::string_view kUnsafe = "PLG-103";       ///< somebody else could have put or changed the file
inline constexpr std::string_view kWrongMachine = "PLG-104"; ///< no library, or one for another machine
inline constexpr std::string_view kLoad = "PLG-105";         ///< the dynamic linker refused it
inline constexpr std::string_view kNoEntry = "PLG-106";      ///< a library, but no plugin
inline constexpr std::string_view kAbi = "PLG-107";          ///< built for another host
inline constexpr std::string_view kWrongKind = "PLG-108";    ///< a plugin, but not of the kind asked for
inline constexpr std::string_view kSchema = "PLG-109";       ///< its configuration schema is not in our subset
inline constexpr std::string_view kUnknownKey = "PLG-110";
inline constexpr std::string_view kMissingKey = "PLG-111";
inline constexpr std::string_view kValue = "PLG-112";  ///< wrong type, or against enum, pattern or bounds
inline constexpr std::string_view kSecret = "PLG-113"; ///< a reference that has no value, or a value in its place
inline constexpr std::string_view kCreate = "PLG-114";
inline constexpr std::string_view kConfigure = "PLG-115"; ///< the plugin itself refused the configuration
inline constexpr std::string_view kActivate = "PLG-116";
inline constexpr std::string_view kOrder = "PLG-117";     ///< the order of channels does not fit the instances
inline constexpr std::string_view kStaging = "PLG-118";   ///< the private copy could not be made
inline constexpr std::string_view kUnhealthy = "PLG-119"; ///< it loads, but says that it could not work
inline constexpr std::string_view kCrash = "PLG-120";     ///< its process ended while it was tried, or hung
inline constexpr std::string_view kProcess = "PLG-121";   ///< no process could be started for it
inline constexpr std::string_view kPin = "PLG-122";       ///< the configuration pins another file
} // namespace problem

} // namespace rota::plugin_host
