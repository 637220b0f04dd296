#include "ctl/child.hpp"
#include "ctl/commands.hpp"
#include "ctl/configuration.hpp"
#include "ctl/conform/fixtures.hpp"
#include "ctl/plugin_probe.hpp"
#include "ctl/text_file.hpp"
#include "plugin_host/isolation/trial.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>

namespace rota::ctl {
namespace {

namespace isolation = plugin_host::isolation;
using plugin_host::PluginConfig;

/// A configuration that a plugin is to be tried with.
struct Trial {
    std::string subject; ///< "channel.reminders"
    std::string kind;
    std::string plugin;
    PluginConfig config;
    std::string sha256{}; ///< of the file that it pins
};

void addTrials(std::vector<Trial>& trials, const std::string& kind, const server::PluginChoices& choices) {
    const auto add = [&](const std::string& instance, const server::PluginChoice& choice) {
        trials.push_back({kind + "." + instance, kind, choice.plugin, choice.config, choice.sha256});
    };
    add("default", choices.standard);
    for (const auto& [doctor, choice] : choices.byDoctor)
        add("doctor." + std::to_string(doctor.value), choice);
}

/// All instances that the configuration has.
std::vector<Trial> configured(const server::Settings& settings) {
    std::vector<Trial> trials;
    for (const auto& channel : settings.channels)
        trials.push_back({"channel." + channel.instance, "channel", channel.choice.plugin, channel.choice.config,
                          channel.choice.sha256});
    addTrials(trials, "availability", settings.availability);
    addTrials(trials, "waitlist", settings.waitlist);
    return trials;
}

/// What --with gives.
PluginConfig givenConfig(const std::string& value) {
    try {
        return conform::flatTexts(nlohmann::json::parse(jsonOrFile(value)));
    } catch (const nlohmann::json::exception& error) {
        throw Stop(kUsage, std::string("--with is no JSON: ") + error.what());
    } catch (const std::invalid_argument& error) {
        throw Stop(kUsage, std::string("--with: ") + error.what());
    }
}

std::vector<Trial> trialsFor(const nlohmann::json& plugin, const Arguments& arguments) {
    const std::string kind = plugin["kind"];
    if (arguments.has("with")) return {{kind + ".check", kind, plugin["id"], givenConfig(arguments.value("with"))}};
    auto trials = configured(loadConfiguration(arguments, {"channel.", "availability.", "waitlist."}).settings);
    std::erase_if(trials, [&](const Trial& trial) { return trial.plugin != plugin["id"] || trial.kind != kind; });
    return trials;
}

std::uint32_t pluginKindOf(const std::string& name) {
    for (const std::uint32_t kind : {ROTA_KIND_CHANNEL, ROTA_KIND_AVAILABILITY})
        if (nameOfKind(kind) == name) return kind;
    return ROTA_KIND_WAITLIST;
}

/// Empty where all is well, else what is wrong, a line each. Tried as the server does.
std::string attempt(const Trial& trial, const PluginReference& reference, plugin_host::PrivateDirectory& copies) {
    const auto file = reference.read();
    if (!file) return file.error().text();
    if (const auto fault = plugin_host::pinFault(trial.subject, trial.sha256, file->path, file->sha256()))
        return fault->text();
    const auto copy = copies.store(reference.name, file->bytes);
    if (!copy) return copy.error().text();
    const isolation::Start start{
        trial.subject, trial.subject, trial.plugin, pluginKindOf(trial.kind), file->path, *copy, trial.config, {}, {}};
    std::string lines;
    for (const auto& problem : isolation::tryInProcess(isolation::Process::program(), start, base::SystemClock{}))
        lines += (lines.empty() ? "" : "\n") + problem.text();
    return lines;
}

/// Empty where the server would take it, else why not.
std::string fault(const Trial& trial, const PluginReference& reference) {
    auto copies = plugin_host::PrivateDirectory::make(std::filesystem::temp_directory_path());
    if (!copies) throw Stop(kUnreachable, copies.error().text());
    const auto end = inChild([&] { return attempt(trial, reference, *copies); }, std::chrono::seconds{30});
    return end.good() ? end.answer : trial.subject + ": " + end.fault;
}

void print(const nlohmann::json& plugins) {
    for (const auto& plugin : plugins) {
        std::cout << plugin["kind"].get<std::string>() << " " << plugin["id"].get<std::string>() << " "
                  << plugin["version"].get<std::string>() << ": loads, from " << plugin["file"].get<std::string>()
                  << "\n";
        if (plugin["instances"].empty()) std::cout << "no instance in the configuration uses it\n";
        for (const auto& instance : plugin["instances"])
            std::cout << (instance.contains("problem") ? instance["problem"].get<std::string>()
                                                       : instance["name"].get<std::string>() + ": would serve")
                      << "\n";
    }
}

ExitCode runCheck(const Arguments& arguments) {
    const auto reference = pluginReference(arguments.operands.front(), arguments);
    const auto found = probe(reference);
    if (!found.problem.empty()) throw Stop(kFinding, found.problem);
    bool good = true;
    auto checked = nlohmann::json::array();
    for (const auto& plugin : found.description["plugins"]) {
        auto instances = nlohmann::json::array();
        for (const auto& trial : trialsFor(plugin, arguments)) {
            instances.push_back({{"name", trial.subject}});
            const auto problem = fault(trial, reference);
            good = good && problem.empty();
            if (!problem.empty()) instances.back()["problem"] = problem;
        }
        checked.push_back({{"kind", plugin["kind"]},
                           {"id", plugin["id"]},
                           {"version", plugin["version"]},
                           {"file", found.description["file"]},
                           {"instances", instances}});
    }
    if (arguments.has("json"))
        std::cout << checked.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    else
        print(checked);
    return good ? kOk : kFinding;
}

} // namespace

Command pluginCheck() {
    return {.name = "plugin check",
            .operands = "FILE|NAME",
            .least = 1,
            .most = 1,
            .summary = "Tries whether the server would take a plugin, with every configuration that names it.",
            .details =
                "Finds, checks, loads, configures, activates and ends it, in a process of its own. Nothing is sent.",
            .options = {{"with", "Another configuration to try it with.", "JSON|FILE"},
                        {"json", "Print JSON."},
                        configOption()},
            .run = &runCheck};
}

} // namespace rota::ctl
