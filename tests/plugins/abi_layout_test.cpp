#include "golden/layout.h"
#include "support.hpp"

#include <rota/plugin.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <regex>
#include <sstream>

namespace rota::testing {
namespace {

std::string layout() {
    std::ostringstream text;
    for (std::size_t i = 0; i < layout_count; ++i)
        text << layout_lines[i].name << ' ' << layout_lines[i].offset << ' ' << layout_lines[i].size << '\n';
    return text.str();
}

std::string outputOf(const std::string& command) {
    FILE* const pipe = ::popen(command.c_str(), "r");
    std::string output;
    std::array<char, 4096> part{};
    while (const auto length = std::fread(part.data(), 1, part.size(), pipe))
        output.append(part.data(), length);
    EXPECT_EQ(::pclose(pipe), 0) << command;
    return output;
}

// Plugins that were built long ago rely on these numbers. A line that differs breaks them: add, never change.
TEST(PluginAbi, LayoutIsTheFrozenOne) {
    EXPECT_EQ(layout(), readFile(ROTA_GOLDEN_DIRECTORY "/plugin_abi_1.txt"));
}

/// The lines of a header that declare something, without comments.
std::vector<std::string> declarations(const std::string& path) {
    const auto code = std::regex_replace(readFile(path), std::regex(R"(/\*([^*]|\*+[^*/])*\*+/)"), "");
    std::vector<std::string> lines;
    std::istringstream stream(code);
    for (std::string line; std::getline(stream, line);) {
        line = std::regex_replace(line, std::regex(R"(^\s+|\s+$)"), "");
        if (!line.empty() && !line.starts_with("#define ROTA_ABI_MINOR")) lines.push_back(line);
    }
    return lines;
}

// More may come between them; whoever builds with the newer header still finds all that was there.
TEST(PluginAbi, EveryDeclarationOfTheFrozenHeaderStands) {
    const auto live = declarations(ROTA_GOLDEN_DIRECTORY "/../../../platform/sdk/rota/plugin.h");
    const auto frozen = declarations(ROTA_GOLDEN_DIRECTORY "/../frozen/1.0/rota/plugin.h");
    EXPECT_GT(frozen.size(), 300U);
    auto at = live.begin();
    for (const auto& line : frozen) {
        at = std::find(at, live.end(), line);
        ASSERT_NE(at, live.end()) << "gone, changed, or at another place: " << line;
        ++at;
    }
}

TEST(PluginAbi, StructsAreWithoutPadding) {
    std::string type;
    std::size_t size = 0;
    std::size_t end = 0;
    int types = 0;
    for (std::size_t i = 0; i < layout_count; ++i) {
        const std::string name = layout_lines[i].name;
        if (name.find('.') != std::string::npos) {
            EXPECT_EQ(layout_lines[i].offset, end) << "a hole before " << name;
            end = layout_lines[i].offset + layout_lines[i].size;
            continue;
        }
        EXPECT_EQ(end, size) << "a hole at the end of " << type;
        type = name;
        size = end = 0;
        if (!name.starts_with("rota_")) continue;
        size = layout_lines[i].size;
        ++types;
    }
    EXPECT_EQ(types, 36);
}

TEST(PluginAbi, CAndCppAgree) {
    EXPECT_EQ(offsetof(rota_call, cancelled), 32U);
    EXPECT_EQ(offsetof(rota_entry, create), 40U);
    EXPECT_EQ(sizeof(rota_error), 680U);
    EXPECT_EQ(sizeof(rota_message), 160U);
}

class ExportedSymbols : public ::testing::TestWithParam<const char*> {};

TEST_P(ExportedSymbols, AreTheEntryAlone) {
    const std::string path = std::string(ROTA_PLUGIN_DIRECTORY) + "/" + GetParam() + ".so";
    std::istringstream lines(outputOf("nm -D --defined-only '" + path + "'"));
    std::vector<std::string> names;
    for (std::string address, kind, name; lines >> address >> kind >> name;)
        names.push_back(name);
    EXPECT_EQ(names, std::vector<std::string>{"rota_plugin_entry"});
}

INSTANTIATE_TEST_SUITE_P(OfEveryPlugin, ExportedSymbols,
                         ::testing::Values("console", "file", "sendgrid", "smtp", "twilio", "standard", "first_come"));

} // namespace
} // namespace rota::testing
