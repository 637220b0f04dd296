#include "rotactl.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace rota::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// With nothing of ours in the environment, as on an integrator's machine.
Outcome clean(std::vector<std::string> command) {
    command.insert(command.begin(), {"env", "-i", "PATH=/usr/bin:/bin", "HOME=/nonexistent"});
    return runProgram(command);
}

std::string textOf(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// What is built with is installed once, into a folder of its own.
class ProjectsTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        folder_ = new std::string(fs::temp_directory_path() / "rota-projects-test-XXXXXX");
        if (::mkdtemp(folder_->data()) == nullptr) throw std::runtime_error("no temporary folder");
        const auto installed = runProgram(
            {"cmake", "--install", std::getenv("ROTA_BUILD_DIR"), "--component", "sdk", "--prefix", *folder_ + "/sdk"});
        ASSERT_EQ(installed.status, 0) << installed.err;
    }
    static void TearDownTestSuite() {
        fs::remove_all(*folder_);
        delete folder_;
    }
    static std::string path(const std::string& name) { return *folder_ + "/" + name; }

    static std::string* folder_;
};

std::string* ProjectsTest::folder_ = nullptr;

struct Project {
    std::string kind;
    std::string language;
};

class NewProject : public ProjectsTest, public ::testing::WithParamInterface<Project> {};

TEST_P(NewProject, BuildsAndPassesItsOwnTest) {
    const auto name = GetParam().kind + "-in-" + GetParam().language;
    const auto made =
        rotactl({"plugin", "new", GetParam().kind, name, "--language", GetParam().language, "--directory", path(name)});
    ASSERT_EQ(made.status, 0) << made.err;
    for (const auto& entry : fs::recursive_directory_iterator(path(name)))
        if (entry.is_regular_file()) {
            const auto text = textOf(entry.path());
            for (const auto* left : {"my-plugin", "my_plugin", "MyPlugin", "@USE@"})
                EXPECT_EQ(text.find(left), std::string::npos) << entry.path() << " has " << left;
        }
    const auto configured =
        clean({"cmake", "-S", path(name), "-B", path(name) + "/build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
               "-DCMAKE_PREFIX_PATH=" + path("sdk"), "-DROTACTL=" + built("bin/rotactl")});
    ASSERT_EQ(configured.status, 0) << configured.out << configured.err;
    const auto compiled = clean({"cmake", "--build", path(name) + "/build"});
    ASSERT_EQ(compiled.status, 0) << compiled.out << compiled.err;
    EXPECT_EQ((compiled.out + compiled.err).find("warning"), std::string::npos) << compiled.out;
    const auto tested = clean({"ctest", "--test-dir", path(name) + "/build", "--output-on-failure"});
    EXPECT_EQ(tested.status, 0) << tested.out << tested.err;
    EXPECT_THAT(tested.out, HasSubstr("100% tests passed, 0 tests failed out of 1"));
}

INSTANTIATE_TEST_SUITE_P(All, NewProject,
                         ::testing::Values(Project{"channel", "cpp"}, Project{"channel", "c"},
                                           Project{"availability", "cpp"}, Project{"availability", "c"},
                                           Project{"waitlist", "cpp"}, Project{"waitlist", "c"}),
                         [](const auto& tested) { return tested.param.kind + "_" + tested.param.language; });

TEST_F(ProjectsTest, NewRefusesWhatItCannotMake) {
    EXPECT_EQ(rotactl({"plugin", "new", "fax", "x"}).status, 64);
    EXPECT_EQ(rotactl({"plugin", "new", "channel", "../x"}).status, 64);
    EXPECT_EQ(rotactl({"plugin", "new", "channel", "x", "--language", "cobol"}).status, 64);
    const auto there = rotactl({"plugin", "new", "channel", "x", "--directory", path("sdk")});
    EXPECT_EQ(there.status, 64);
    EXPECT_THAT(there.err, HasSubstr("is there already"));
}

TEST_F(ProjectsTest, NewNamesWhatItWrote) {
    const auto made = rotactl({"plugin", "new", "channel", "named", "--json", "--directory", path("named")});
    ASSERT_EQ(made.status, 0) << made.err;
    const std::set<std::string> named = nlohmann::json::parse(made.out)["files"];
    std::set<std::string> there;
    for (const auto& entry : fs::recursive_directory_iterator(path("named")))
        if (entry.is_regular_file()) there.insert(entry.path());
    EXPECT_EQ(named, there);
}

TEST_F(ProjectsTest, PkgConfigIsEnoughToo) {
    const std::string source = std::string(std::getenv("ROTA_SOURCE_DIR")) + "/plugins/templates/channel.c";
    const auto compiled = clean({"sh", "-c",
                                 "flags=$(PKG_CONFIG_PATH=" + path("sdk") +
                                     "/share/pkgconfig pkg-config --cflags --libs "
                                     "rota-plugin) && cc -std=c99 -shared -fPIC " +
                                     source + " $flags -o " + path("my-plugin.so")});
    ASSERT_EQ(compiled.status, 0) << compiled.err;
    const auto conforms = rotactl({"plugin", "conform", path("my-plugin.so"), "--config",
                                   R"({"url": "https://gateway.example/", "token": "${env:TOKEN}"})"});
    EXPECT_EQ(conforms.status, 0) << conforms.out << conforms.err;
}

/// What was built against the contract as it was when it was frozen still loads, and keeps to it.
TEST_F(ProjectsTest, APluginOfTheFrozenHeaderConforms) {
    const std::string sources(std::getenv("ROTA_SOURCE_DIR"));
    const auto compiled = clean({"cc", "-std=c99", "-shared", "-fPIC", "-fvisibility=hidden",
                                 "-I" + sources + "/tests/plugins/frozen/1.0", sources + "/plugins/templates/channel.c",
                                 "-o", path("my-plugin.so")});
    ASSERT_EQ(compiled.status, 0) << compiled.err;
    const auto conforms =
        rotactl({"plugin", "conform", path("my-plugin.so"), "--config", R"({"url": "https://gateway.example/"})"});
    EXPECT_EQ(conforms.status, 0) << conforms.out << conforms.err;
}

TEST_F(ProjectsTest, APluginInRustConforms) {
    const std::string source = std::string(std::getenv("ROTA_SOURCE_DIR")) + "/tests/ctl/fixtures/fair_rust.rs";
    const auto compiled = runProgram({"rustc", "--crate-type", "cdylib", "-C", "panic=abort", "-O", "-D", "warnings",
                                      "-o", path("fair_rust.so"), source});
    ASSERT_EQ(compiled.status, 0) << compiled.err;
    const auto conforms = rotactl({"plugin", "conform", path("fair_rust.so")});
    EXPECT_EQ(conforms.status, 0) << conforms.out << conforms.err;
}

TEST_F(ProjectsTest, TheDebianPackageHasItAll) {
    const auto packed = runProgram(
        {"cpack", "--config", built("CPackConfig.cmake"), "-D", "CPACK_COMPONENTS_ALL=sdk", "-B", path("packages")});
    ASSERT_EQ(packed.status, 0) << packed.out << packed.err;
    std::string contents;
    for (const auto& entry : fs::directory_iterator(path("packages")))
        if (entry.path().filename().string().starts_with("rota-plugin-dev_"))
            contents += runProgram({"dpkg-deb", "--contents", entry.path()}).out;
    for (const auto* file :
         {"./usr/include/rota/plugin.h\n", "./usr/include/rota/plugin.hpp\n", "./usr/share/rota-plugin/plugin.map\n",
          "./usr/share/cmake/RotaPlugin/RotaPluginConfig.cmake\n", "./usr/share/pkgconfig/rota-plugin.pc\n"})
        EXPECT_THAT(contents, HasSubstr(file));
}

} // namespace
} // namespace rota::testing
