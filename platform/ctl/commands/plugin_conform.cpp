#include "ctl/commands.hpp"
#include "ctl/configuration.hpp"
#include "ctl/conform/conformance.hpp"
#include "ctl/text_file.hpp"

#include <algorithm>
#include <iostream>

namespace rota::ctl {
namespace {

using conform::Result;
using nlohmann::json;

json shown(const std::vector<Result>& results) {
    json list = json::array();
    for (const auto& result : results)
        list.push_back({{"plugin", result.plugin},
                        {"check", result.check},
                        {"result", result.state == Result::State::Passed   ? "passed"
                                   : result.state == Result::State::Failed ? "failed"
                                                                           : "not concerned"},
                        {"detail", result.detail}});
    return list;
}

void print(const std::vector<Result>& results) {
    std::string plugin = "-";
    for (const auto& result : results) {
        if (result.plugin != plugin) std::cout << (result.plugin.empty() ? "the library" : result.plugin) << "\n";
        plugin = result.plugin;
        const char* mark = result.state == Result::State::Passed   ? "  passed         "
                           : result.state == Result::State::Failed ? "  FAILED         "
                                                                   : "  not concerned  ";
        std::cout << mark << result.check << "\n";
        if (result.state != Result::State::Passed) std::cout << "                   " << result.detail << "\n";
    }
}

ExitCode runConform(const Arguments& arguments) {
    conform::Conditions conditions;
    if (arguments.has("fixtures")) conditions.fixtures = readTextFile(arguments.value("fixtures"));
    if (arguments.has("config")) conditions.config = jsonOrFile(arguments.value("config"));
    conditions.only = arguments.value("only");
    conditions.here = arguments.has("here");
    auto configuration = arguments;
    configuration.options.erase("config");
    const auto results = conform::conformance(pluginReference(arguments.operands.front(), configuration), conditions);
    const auto failed = std::ranges::count(results, Result::State::Failed, &Result::state);
    const auto passed = std::ranges::count(results, Result::State::Passed, &Result::state);
    if (arguments.has("json")) {
        std::cout << shown(results).dump(2, ' ', false, json::error_handler_t::replace) << "\n";
    } else {
        print(results);
        std::cout << passed << " passed, " << failed << " failed\n";
    }
    return failed == 0 ? kOk : kFinding;
}

} // namespace

Command pluginConform() {
    return {.name = "plugin conform",
            .operands = "FILE|NAME",
            .least = 1,
            .most = 1,
            .summary = "Checks whether a plugin keeps to the contract of rota/plugin.h.",
            .details =
                "Each check runs in a process of its own, against a host whose HTTP is simulated: nothing is sent "
                "to anybody. docs/plugins.md tells what is checked and what fixtures are.",
            .options = {{"config", "What to configure it with.", "JSON|FILE"},
                        {"fixtures", "Configuration, exchanges with the provider and what must come of them.", "FILE"},
                        {"only", "Only checks whose name contains it.", "TEXT"},
                        {"here", "Run the checks in this process, for a debugger: a crash ends it."},
                        {"json", "Print JSON."}},
            .run = &runConform};
}

} // namespace rota::ctl
