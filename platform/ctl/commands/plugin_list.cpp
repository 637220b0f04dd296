#include "base/text.hpp"
#include "ctl/commands.hpp"
#include "ctl/configuration.hpp"
#include "ctl/plugin_probe.hpp"

#include <filesystem>
#include <iomanip>
#include <iostream>
#include <set>

namespace rota::ctl {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Which instances of the configuration use a plugin, by kind and name.
using Uses = std::map<std::pair<std::string, std::string>, std::vector<std::string>>;

void addUses(Uses& uses, const std::string& kind, const server::PluginChoices& choices) {
    uses[{kind, choices.standard.plugin}].push_back(kind + ".default");
    for (const auto& [doctor, choice] : choices.byDoctor)
        uses[{kind, choice.plugin}].push_back(kind + ".doctor." + std::to_string(doctor.value));
}

Uses usesOf(const server::Settings& settings) {
    Uses uses;
    for (const auto& channel : settings.channels)
        uses[{"channel", channel.choice.plugin}].push_back("channel." + channel.instance);
    addUses(uses, "availability", settings.availability);
    addUses(uses, "waitlist", settings.waitlist);
    return uses;
}

/// The names of all libraries there, each once: the first directory that has one wins.
std::set<std::string> namesIn(const std::vector<std::string>& directories) {
    std::set<std::string> names;
    std::error_code ignored;
    for (const auto& directory : directories)
        for (const auto& entry : fs::directory_iterator(directory, ignored))
            if (entry.path().extension() == ".so" && plugin_host::isPluginName(entry.path().stem().string()))
                names.insert(entry.path().stem());
    return names;
}

json listed(const PluginReference& plugin, const Uses& uses) {
    json rows = json::array();
    const auto found = probe(plugin);
    if (!found.problem.empty()) return {{{"id", plugin.name}, {"problem", found.problem}}};
    for (const auto& one : found.description["plugins"]) {
        const auto used = uses.find({one["kind"], one["id"]});
        rows.push_back({{"id", one["id"]},
                        {"kind", one["kind"]},
                        {"name", one["name"]},
                        {"version", one["version"]},
                        {"file", found.description["file"]},
                        {"used_by", used == uses.end() ? std::vector<std::string>{} : used->second}});
    }
    return rows;
}

void printPlugins(const json& plugins) {
    const auto cell = [](const std::string& text, int width) {
        std::cout << std::left << std::setw(width) << text << " ";
    };
    for (const auto& plugin : plugins) {
        cell(plugin["id"], 16);
        if (plugin.contains("problem")) {
            std::cout << plugin["problem"].get<std::string>() << "\n";
            continue;
        }
        cell(plugin["kind"], 12);
        cell(plugin["version"], 8);
        std::cout << plugin["name"].get<std::string>();
        const auto users = base::joined(plugin["used_by"]);
        std::cout << (users.empty() ? "" : " (" + users + ")") << "\n";
    }
}

ExitCode runList(const Arguments& arguments) {
    const auto places = configuredPlaces(arguments);
    const auto loaded = loadConfiguration(arguments, {"plugin.", "channel.", "availability.", "waitlist."});
    const auto uses = usesOf(loaded.settings);
    json plugins = json::array();
    bool good = true;
    for (const auto& name : namesIn(places.directories))
        for (auto& row : listed({name, places}, uses)) {
            good = good && !row.contains("problem");
            plugins.push_back(std::move(row));
        }
    if (arguments.has("json"))
        std::cout << plugins.dump(2) << "\n";
    else
        printPlugins(plugins);
    return good ? kOk : kFinding;
}

} // namespace

Command pluginList() {
    return {.name = "plugin list",
            .operands = "",
            .summary = "Names the plugins in plugin.directories, and which instances of the configuration use them.",
            .details = "Each is loaded in a process of its own. The status is 1 where one cannot be loaded.",
            .options = {{"json", "Print JSON."}, configOption()},
            .run = &runList};
}

} // namespace rota::ctl
