#include "ctl/commands.hpp"
#include "plugin_host/plugin_file.hpp"
#include "plugin_templates.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <utility>
#include <vector>

namespace rota::ctl {
namespace {

namespace fs = std::filesystem;

struct Project {
    std::string kind;
    std::string name;     ///< "my-gateway"
    std::string language; ///< "cpp" or "c"
    fs::path directory;

    /// "my_gateway"
    std::string source() const {
        std::string text = name;
        std::ranges::replace(text, '-', '_');
        return text;
    }
    /// "MyGateway"
    std::string className() const {
        std::string text;
        bool begins = true;
        for (const char letter : name) {
            if (letter == '-' || letter == '_') {
                begins = true;
                continue;
            }
            text += begins ? static_cast<char>(std::toupper(static_cast<unsigned char>(letter))) : letter;
            begins = false;
        }
        // A name may begin with a digit, and a class may not.
        return std::isdigit(static_cast<unsigned char>(text.front())) != 0 ? "Plugin" + text : text;
    }
};

void replaceAll(std::string& text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

/// The lines of rota.properties that use it.
std::string use(const Project& project) {
    if (project.kind == "channel")
        return "channel." + project.name + ".plugin = " + project.name + "\nchannel." + project.name +
               ".config.url = https://gateway.example/messages\nnotify.sms.channels = " + project.name;
    return project.kind + ".default.plugin = " + project.name;
}

std::string filled(const std::string& file, const Project& project) {
    const auto found = std::ranges::find(templates::kFiles, file, &templates::EmbeddedFile::name);
    if (found == templates::kFiles.end()) throw std::logic_error("there is no template " + file);
    std::string text(found->text);
    if (project.language == "c") {
        replaceAll(text, "LANGUAGES CXX", "LANGUAGES C");
        replaceAll(text, "cxx_std_20", "c_std_99");
        replaceAll(text, "my_plugin.cpp", "my_plugin.c");
    }
    replaceAll(text, "@USE@", use(project));
    replaceAll(text, "my-plugin", project.name);
    replaceAll(text, "my_plugin", project.source());
    replaceAll(text, "MyPlugin", project.className());
    return text;
}

void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    file << text;
    if (!file.flush()) throw Stop(kUsage, path.string() + " cannot be written");
}

Project projectOf(const Arguments& arguments) {
    Project project{arguments.operands[0], arguments.operands[1], arguments.value("language", "cpp"),
                    arguments.value("directory", arguments.operands[1])};
    if (project.kind != "channel" && project.kind != "availability" && project.kind != "waitlist")
        throw Stop(kUsage, "'" + project.kind + "' is no kind of plugin; write channel, availability or waitlist");
    if (!plugin_host::isPluginName(project.name))
        throw Stop(kUsage,
                   "'" + project.name + "' is no plugin's name: a-z, 0-9, _ and -, beginning with a letter or digit");
    if (project.language != "cpp" && project.language != "c")
        throw Stop(kUsage, "'" + project.language + "' is no language that there are templates of; write cpp or c");
    std::error_code ignored;
    if (fs::exists(project.directory, ignored) && !fs::is_empty(project.directory, ignored))
        throw Stop(kUsage, project.directory.string() + " is there already, and not empty");
    return project;
}

ExitCode runNew(const Arguments& arguments) {
    const auto project = projectOf(arguments);
    const std::vector<std::pair<fs::path, std::string>> filesAndTemplates{
        {"CMakeLists.txt", "CMakeLists.txt"},
        {project.source() + "." + project.language, project.kind + "." + project.language},
        {"fixtures.json", project.kind + ".json"},
        {"README.md", "README.md"},
        {".gitignore", "gitignore"},
        {".github/workflows/build.yml", "ci.yml"}};
    auto written = nlohmann::json::array();
    for (const auto& [file, from] : filesAndTemplates) {
        const auto path = project.directory / file;
        write(path, filled(from, project));
        written.push_back(path.string());
        if (!arguments.has("json")) std::cout << path.string() << "\n";
    }
    if (arguments.has("json")) std::cout << nlohmann::json{{"files", written}}.dump(2) << "\n";
    return kOk;
}

} // namespace

Command pluginNew() {
    return {.name = "plugin new",
            .operands = "channel|availability|waitlist NAME",
            .least = 2,
            .most = 2,
            .summary = "Writes a project that builds a plugin and holds it to the contract.",
            .details = "It builds against rota-plugin-dev alone. The plugin works as it is: change it into yours.",
            .options = {{"language", "cpp, which is the default, or c.", "LANGUAGE"},
                        {"directory", "Where to write it; default: a directory of the plugin's name.", "DIR"},
                        {"json", "Print JSON."}},
            .run = &runNew};
}

} // namespace rota::ctl
