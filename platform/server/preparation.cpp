#include "server/preparation.hpp"

#include "redis/redis_job_queue.hpp"

#include <optional>
#include <stdexcept>

namespace rota::server {
namespace {

plugin_host::PluginChoice chosen(const PluginChoice& choice) {
    return {choice.plugin, choice.config, choice.sha256};
}

std::string line(const SettingsProblem& problem) {
    return problem.origin + ": " + (problem.key.empty() ? "" : problem.key + " ") + problem.message;
}

std::optional<postgres::ConnectionSettings> databaseSettings(const LoadedSettings& loaded,
                                                             std::vector<std::string>& lines) {
    if (loaded.settings.databaseUrl.empty()) return std::nullopt; // reported as not set
    try {
        return postgres::ConnectionSettings(loaded.settings.databaseUrl);
    } catch (const std::invalid_argument& error) {
        lines.push_back(line({loaded.origins.at("database.url"), "database.url", error.what()}));
        return std::nullopt;
    }
}

/// Where the configuration says what the problem is about: of a plugin's own key that is missing, where the plugin is
/// named.
std::string originOf(const plugin_host::PluginProblem& problem, const LoadedSettings& loaded) {
    const auto& subject = problem.subject;
    for (const auto& key : {problem.key, subject, subject.substr(0, subject.find(".config.")) + ".plugin"})
        if (const auto origin = loaded.origins.find(key); origin != loaded.origins.end()) return origin->second;
    return loaded.files.front();
}

void checkRedis(const LoadedSettings& loaded, std::vector<std::string>& lines) {
    if (loaded.settings.redisUrl.empty()) return; // reported as not set
    try {
        const redis::RedisJobQueue queue({.url = loaded.settings.redisUrl});
    } catch (const std::invalid_argument& error) {
        lines.push_back(line({loaded.origins.at("redis.url"), "redis.url", error.what()}));
    }
}

} // namespace

plugin_host::Settings pluginSettings(const Settings& settings) {
    plugin_host::Settings wanted;
    for (const auto& directory : settings.pluginDirectories)
        wanted.directories.push_back(std::filesystem::absolute(directory).lexically_normal().string());
    wanted.owners = settings.pluginOwners;
    std::error_code ignored; // of a TMPDIR that leads nowhere
    if (auto parent = std::filesystem::temp_directory_path(ignored); !ignored) wanted.privateParent = std::move(parent);
    for (const auto& channel : settings.channels) {
        if (channel.choice.plugin.empty()) continue; // reported as not set
        wanted.channels.push_back({channel.instance, channel.choice.plugin, channel.choice.config, channel.timeout,
                                   channel.isolated, channel.processes, channel.choice.sha256});
    }
    wanted.order = {{domain::Medium::Email, settings.emailChannels}, {domain::Medium::Sms, settings.smsChannels}};
    wanted.availability = chosen(settings.availability.standard);
    for (const auto& [doctor, choice] : settings.availability.byDoctor)
        wanted.availabilityByDoctor[doctor] = chosen(choice);
    wanted.waitlist = chosen(settings.waitlist.standard);
    for (const auto& [doctor, choice] : settings.waitlist.byDoctor)
        wanted.waitlistByDoctor[doctor] = chosen(choice);
    return wanted;
}

app::ChannelRulesByName::Map channelRulesOf(const Settings& settings) {
    app::ChannelRulesByName::Map rules;
    for (const auto& channel : settings.channels)
        rules[channel.instance] = channel.rules;
    return rules;
}

tl::expected<Preparation, std::vector<std::string>> prepare(const LoadedSettings& loaded, const base::Clock& clock) {
    const auto& settings = loaded.settings;
    const auto at = clock.now();
    std::vector<std::string> lines;
    for (const auto& problem : loaded.problems)
        lines.push_back(line(problem));
    // Without its files there is nothing further to look at.
    if (loaded.files.empty()) return tl::unexpected(std::move(lines));

    auto database = databaseSettings(loaded, lines);
    checkRedis(loaded, lines);

    std::vector<app::Templates::Problem> templateProblems;
    auto templates = app::Templates::load(settings.templateDirectory, templateProblems);
    for (const auto& problem : templateProblems)
        lines.push_back(problem.file + ": " + problem.message);

    auto plugins = plugin_host::PluginHost::load(pluginSettings(settings), clock);
    if (!plugins)
        for (const auto& problem : plugins.error())
            lines.push_back(originOf(problem, loaded) + ": " + problem.text());

    if (!lines.empty()) return tl::unexpected(std::move(lines));
    return Preparation{std::move(*database), std::move(templates), std::move(*plugins), at};
}

} // namespace rota::server
