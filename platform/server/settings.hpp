#pragma once

#include "app/channel_rules.hpp"
#include "app/clinic.hpp"
#include "base/log.hpp"
#include "base/time.hpp"

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rota::server {

/// The made-up clinic that serves where none is configured.
struct ExampleClinic {
    static constexpr auto kName = "Riverside Medical Clinic";
    static constexpr auto kAddress = "240 Riverside Avenue, New York, NY 10024";
    static constexpr auto kPhone = "212-555-0140";
};

/// A plugin with its configuration: flat keys, as they stand behind `….config.`.
struct PluginChoice {
    std::string plugin;
    std::map<std::string, std::string> config;
    std::string sha256; ///< of the only file that may be loaded; empty: of any
};

struct ChannelSettings {
    std::string instance;
    PluginChoice choice;
    base::Milliseconds timeout{10'000};
    app::ChannelRules rules{};
    bool isolated = true; ///< in processes of its own
    int processes = 1;    ///< how many
};

/// A plugin by default, and others for single doctors.
struct PluginChoices {
    PluginChoice standard;
    std::map<base::DoctorId, PluginChoice> byDoctor;
};

/// Everything that is configured, checked and in its final type.
struct Settings {
    std::string environment; ///< development or production

    std::string databaseUrl;
    std::size_t poolMin = 10;
    std::size_t poolMax = 50;
    std::string redisUrl;

    std::string httpAddress = "0.0.0.0";
    int httpPort = 5000;
    std::vector<std::string> corsOrigins; ///< "http://localhost:3000"
    std::filesystem::path docsDirectory;  ///< of the page at /api/docs; empty for none

    std::string opsAddress = "127.0.0.1";
    int opsPort = 5001;
    std::string opsToken; ///< a secret; empty for none, which only a loopback address may have

    app::Clinic clinic;
    bool seedOnEmpty = false;

    std::filesystem::path templateDirectory;
    std::vector<std::filesystem::path> pluginDirectories;
    std::set<uid_t> pluginOwners; ///< beside root and the server's own user
    std::vector<ChannelSettings> channels;
    std::vector<std::string> emailChannels;
    std::vector<std::string> smsChannels;
    PluginChoices availability;
    PluginChoices waitlist;

    base::log::Level logLevel = base::log::Level::Info;
    base::log::Format logFormat = base::log::Format::Text;
};

/// One mistake in the configuration: where it stands, and what to do.
struct SettingsProblem {
    std::string origin; ///< a file's path, or "environment variable NAME"
    std::string key;    ///< empty where the whole file is meant
    std::string message;
};

struct LoadedSettings {
    Settings settings;
    std::vector<SettingsProblem> problems; ///< nothing may be started while there are any
    std::vector<std::filesystem::path> files;
    std::map<std::string, std::string> origins; ///< of each key that is set: a file's path or an environment variable
    std::map<std::string, std::string> values;  ///< as they were written; may hold secrets
};

/// The process environment, or a test's.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment processEnvironment();

/// Reads `file`, over it rota.<environment>.properties beside it where there is one, over both the environment
/// variables that have a key. All mistakes are collected; nothing is thrown.
LoadedSettings loadSettings(const std::filesystem::path& file, const Environment& environment);

/// etc/rota.properties below the working directory, else /etc/rota/rota.properties.
std::filesystem::path defaultConfigurationFile();

} // namespace rota::server
