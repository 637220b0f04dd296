#include "ctl/configuration.hpp"

#include <algorithm>

namespace rota::ctl {

Option configOption() {
    return {"config", "The configuration; default etc/rota.properties, else /etc/rota/rota.properties.", "FILE"};
}

server::LoadedSettings loadConfiguration(const Arguments& arguments, const std::vector<std::string>& prefixes) {
    const auto file =
        arguments.has("config") ? std::filesystem::path(arguments.value("config")) : server::defaultConfigurationFile();
    auto loaded = server::loadSettings(file, server::processEnvironment());
    std::string mistakes;
    for (const auto& problem : loaded.problems) {
        const bool concerns = problem.key.empty() || std::ranges::any_of(prefixes, [&](const std::string& prefix) {
                                  return problem.key.starts_with(prefix);
                              });
        if (!concerns) continue;
        mistakes += (mistakes.empty() ? "" : "\n") + problem.origin + ": " +
                    (problem.key.empty() ? "" : problem.key + " ") + problem.message;
    }
    if (!mistakes.empty()) throw Stop(kConfiguration, mistakes);
    return loaded;
}

} // namespace rota::ctl
