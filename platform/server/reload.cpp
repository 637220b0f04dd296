#include "server/reload.hpp"

#include "app/ports/errors.hpp"
#include "base/log.hpp"
#include "base/log_control.hpp"
#include "server/preparation.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace rota::server {
namespace {

/// All keys that begin so are put in force by a reload. The others stand in what was built at the start.
constexpr std::array<std::string_view, 8> kLive{
    "channel.", "notify.email.channels", "notify.sms.channels", "availability.",
    "plugin.",  "waitlist.default.",     "waitlist.doctor.",    "log.level"};

bool isLive(std::string_view key) {
    return std::ranges::any_of(kLive, [&](std::string_view prefix) { return key.starts_with(prefix); });
}

/// A mistake's text is the cause and, behind a semicolon, the remedy.
ReloadProblem problemOf(const SettingsProblem& problem) {
    const auto split = problem.message.find("; ");
    const auto remedy = split == std::string::npos ? "correct it" : problem.message.substr(split + 2);
    if (problem.key.empty()) return {"CONFIG", problem.origin, problem.message.substr(0, split), remedy};
    return {"CONFIG", problem.key, problem.message.substr(0, split), remedy + ", in " + problem.origin};
}

void report(const Reloaded& result) {
    for (const auto& problem : result.problems)
        base::log::error("reload refused", {{"code", problem.code},
                                            {"subject", problem.subject},
                                            {"cause", problem.cause},
                                            {"remedy", problem.remedy}});
    if (!result.problems.empty()) return;
    base::log::info("reloaded", {{"generation", result.generation}, {"changed", result.changed.size()}});
    for (const auto& key : result.restart)
        base::log::warning("this key counts from the next start on", {{"key", key}});
}

} // namespace

Reload::Reload(const LoadedSettings& started, plugin_host::PluginHost& plugins, app::ChannelRulesByName& channelRules,
               app::ChannelCircuit& circuit, app::Templates& templates, std::function<void()> raiseCalendars)
    : file_(started.files.front()),
      started_(started.values),
      plugins_(plugins),
      channelRules_(channelRules),
      circuit_(circuit),
      templates_(templates),
      raiseCalendars_(std::move(raiseCalendars)) {}

Reloaded Reload::operator()() {
    const std::scoped_lock lock(mutex_);
    auto result = read(loadSettings(file_, processEnvironment()));
    report(result);
    return result;
}

Reloaded Reload::read(const LoadedSettings& loaded) {
    Reloaded result;
    for (const auto& problem : loaded.problems)
        result.problems.push_back(problemOf(problem));
    std::vector<app::Templates::Problem> mistakes;
    auto templates = app::Templates::load(loaded.settings.templateDirectory, mistakes);
    for (const auto& mistake : mistakes)
        result.problems.push_back({"TEMPLATE", mistake.file, mistake.message, "correct the file"});

    result.generation = plugins_.generation();
    const auto add = [&](const std::vector<plugin_host::PluginProblem>& problems) {
        for (const auto& problem : problems)
            result.problems.push_back({std::string(problem.code), problem.subject, problem.cause, problem.remedy});
    };
    if (!result.problems.empty()) {
        // All mistakes at once; but without its files there is nothing further to look at.
        if (!loaded.files.empty()) add(plugins_.check(pluginSettings(loaded.settings)));
        return result;
    }
    auto swap = plugins_.swap(pluginSettings(loaded.settings));
    if (!swap) {
        add(swap.error());
        return result;
    }
    circuit_.forget();
    channelRules_.replace(channelRulesOf(loaded.settings));
    templates_ = std::move(templates);
    base::log::setLevel(loaded.settings.logLevel);
    result.generation = swap->generation;
    result.changed = std::move(swap->changed);
    result.restart = waitingForRestart(loaded);
    if (swap->policies) calendarsStale_ = true;
    try {
        if (std::exchange(calendarsStale_, false)) raiseCalendars_();
    } catch (const app::StorageError& error) {
        // Nobody can book without the database either; `finish` does it when it is back.
        calendarsStale_ = true;
        base::log::warning("the calendars' versions could not be raised yet", {{"error", error.what()}});
    }
    return result;
}

void Reload::finish() {
    const std::scoped_lock lock(mutex_);
    if (!calendarsStale_) return;
    raiseCalendars_();
    calendarsStale_ = false;
}

std::vector<std::string> Reload::waitingForRestart(const LoadedSettings& loaded) const {
    std::set<std::string> keys;
    const auto compare = [&](const auto& some, const auto& others) {
        for (const auto& [key, value] : some)
            if (const auto other = others.find(key); !isLive(key) && (other == others.end() || other->second != value))
                keys.insert(key);
    };
    compare(started_, loaded.values);
    compare(loaded.values, started_);
    return {keys.begin(), keys.end()};
}

} // namespace rota::server
