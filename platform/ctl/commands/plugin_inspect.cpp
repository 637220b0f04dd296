#include "base/text.hpp"
#include "ctl/commands.hpp"
#include "ctl/configuration.hpp"
#include "ctl/plugin_probe.hpp"

#include <iostream>

namespace rota::ctl {
namespace {

using nlohmann::json;

std::string orNone(const json& words) {
    return words.empty() ? "none" : base::joined(words);
}

void printProperty(const std::string& key, const json& property, bool required) {
    std::cout << "    " << key << ": " << property.value("type", "") << (required ? ", required" : "");
    if (property.value("secret", false)) std::cout << ", a secret (${env:NAME} or ${file:PATH})";
    if (property.contains("default")) std::cout << ", default " << property["default"].dump();
    if (property.contains("enum")) std::cout << ", one of " << property["enum"].dump();
    if (property.contains("description")) std::cout << ": " << property["description"].get<std::string>();
    std::cout << "\n";
}

void printSchema(const json& schema) {
    if (!schema.is_object() || !schema.contains("properties") || schema["properties"].empty()) {
        std::cout << "  configuration  none\n";
        return;
    }
    std::cout << "  configuration\n";
    const auto required = schema.value("required", json::array());
    for (const auto& [key, property] : schema["properties"].items())
        printProperty(key, property, std::find(required.begin(), required.end(), key) != required.end());
}

void printLibrary(const json& library) {
    std::cout << library["file"].get<std::string>() << ": plugin interface " << library["abi"].get<std::string>()
              << ", built with " << library["build"].get<std::string>() << "\n"
              << "  sha256         " << library["sha256"].get<std::string>() << "\n";
    for (const auto& plugin : library["plugins"]) {
        std::cout << plugin["kind"].get<std::string>() << " " << plugin["id"].get<std::string>() << " "
                  << plugin["version"].get<std::string>() << ": " << plugin["name"].get<std::string>() << "\n"
                  << "  vendor         " << plugin["vendor"].get<std::string>() << "\n"
                  << "  licence        " << plugin["license"].get<std::string>() << "\n"
                  << "  flags          " << orNone(plugin["flags"]) << "\n"
                  << "  sees           " << orNone(plugin["data_needs"]) << "\n"
                  << "  calls          " << orNone(plugin["http_hosts"]) << "\n";
        printSchema(plugin["config_schema"]);
    }
}

ExitCode runInspect(const Arguments& arguments) {
    const auto found = probe(pluginReference(arguments.operands.front(), arguments));
    if (found.description.is_null()) throw Stop(kFinding, found.problem);
    if (arguments.has("json"))
        std::cout << found.description.dump(2) << "\n";
    else
        printLibrary(found.description);
    if (!found.problem.empty()) throw Stop(kFinding, found.problem);
    return kOk;
}

} // namespace

Command pluginInspect() {
    return {.name = "plugin inspect",
            .operands = "FILE|NAME",
            .least = 1,
            .most = 1,
            .summary = "Tells what a plugin says of itself, its configuration included.",
            .details = "FILE has a slash or ends with .so; NAME is looked for in plugin.directories. The plugin is "
                       "loaded in a process of its own, and not configured.",
            .options = {{"json", "Print JSON."}, configOption()},
            .run = &runInspect};
}

} // namespace rota::ctl
