#include "support.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace rota::testing {
namespace {

namespace fs = std::filesystem;
namespace problem = plugin_host::problem;
using domain::Medium;
using ::testing::Test;

/// A directory of its own, in which there is one plugin that is not as it should be.
class RefusedFile : public Test {
protected:
    plugin_host::PluginProblem problemOf(const std::string& name) const {
        auto wanted = settingsWith(name, Medium::Email);
        wanted.directories = {ROTA_PLUGIN_DIRECTORY, directory_.path()};
        return theProblem(wanted);
    }
    static std::string console() { return readFile(ROTA_PLUGIN_DIRECTORY "/console.so"); }

    TemporaryDirectory directory_;
};

TEST_F(RefusedFile, IsMissing) {
    const auto found = problemOf("nowhere");
    EXPECT_EQ(found.code, problem::kMissing);
    EXPECT_EQ(found.subject, "nowhere.so");
    EXPECT_NE(found.cause.find(directory_.path()), std::string::npos) << found.text();
}

TEST_F(RefusedFile, HasANameThatLeavesTheDirectory) {
    for (const char* name : {"../console", "/etc/passwd", "Console", "", "-x", "console.so", "a b"})
        EXPECT_EQ(problemOf(name).code, problem::kName) << name;
    EXPECT_EQ(problemOf(std::string(65, 'a')).code, problem::kName);
    EXPECT_EQ(problemOf(std::string(64, 'a')).code, problem::kMissing);
}

TEST_F(RefusedFile, IsAText) {
    directory_.write("note.so", "This is not a library.\n");
    const auto found = problemOf("note");
    EXPECT_EQ(found.code, problem::kWrongMachine);
    EXPECT_EQ(found.cause, "is no shared library");
}

// Every length: a library cut anywhere is refused, and none of them is mapped, which would be SIGBUS.
TEST_F(RefusedFile, IsTruncated) {
    const std::string whole = console();
    for (std::size_t length = 4; length < whole.size(); length += 1 + length / 3) {
        directory_.write("cut.so", whole.substr(0, length));
        const auto found = problemOf("cut");
        EXPECT_EQ(found.code, problem::kWrongMachine) << length;
        EXPECT_EQ(found.cause, "is truncated") << length;
    }
    directory_.write("cut.so", whole.substr(0, whole.size() - 1));
    EXPECT_EQ(problemOf("cut").cause, "is truncated");
    directory_.write("cut.so", "");
    EXPECT_EQ(problemOf("cut").cause, "is no shared library");
}

TEST_F(RefusedFile, IsForAnotherMachine) {
    std::string bytes = console();
    bytes[18] = static_cast<char>(243); // e_machine: RISC-V
    bytes[19] = 0;
    directory_.write("foreign.so", bytes);
    const auto found = problemOf("foreign");
    EXPECT_EQ(found.code, problem::kWrongMachine);
    EXPECT_NE(found.text().find("is for riscv, this server is "), std::string::npos) << found.text();
    EXPECT_NE(found.remedy.find("install the "), std::string::npos);

    bytes = console();
    bytes[4] = 1; // EI_CLASS: 32 bits
    directory_.write("foreign.so", bytes);
    EXPECT_EQ(problemOf("foreign").code, problem::kWrongMachine);
}

TEST_F(RefusedFile, IsAProgram) {
    std::string bytes = console();
    bytes[16] = 2; // e_type: ET_EXEC
    directory_.write("program.so", bytes);
    EXPECT_EQ(problemOf("program").code, problem::kWrongMachine);
}

TEST_F(RefusedFile, IsWritableByOthers) {
    const auto path = directory_.write("open.so", console());
    for (const mode_t mode : {0602, 0666, 0646}) {
        ::chmod(path.c_str(), mode);
        const auto found = problemOf("open");
        EXPECT_EQ(found.code, problem::kUnsafe);
        EXPECT_NE(found.remedy.find("chmod go-w '" + path), std::string::npos) << found.text();
    }
}

TEST_F(RefusedFile, LiesUnderAFolderThatOthersWrite) {
    const std::string folder = directory_.path() + "/shared/plugins";
    fs::create_directories(folder);
    directory_.write("shared/plugins/open.so", console());
    ::chmod((directory_.path() + "/shared").c_str(), 0777);
    auto wanted = settingsWith("open", Medium::Email);
    wanted.directories = {ROTA_PLUGIN_DIRECTORY, folder};
    const auto found = theProblem(wanted);
    EXPECT_EQ(found.code, problem::kUnsafe);
    EXPECT_EQ(found.subject, directory_.path() + "/shared");

    ::chmod((directory_.path() + "/shared").c_str(), 01777); // sticky, as /tmp is
    EXPECT_EQ(theProblem(wanted).code, problem::kWrongKind) << "a copy of console is loaded, but is not named 'open'";
}

TEST_F(RefusedFile, LiesInAFolderThatCannotBeLookedInto) {
    const auto folder = directory_.path() + "/loop";
    fs::create_symlink(folder, folder);
    auto wanted = settingsWith("console", Medium::Email);
    wanted.directories = {folder, ROTA_PLUGIN_DIRECTORY};
    auto found = refused(wanted).front();
    EXPECT_EQ(found.code, problem::kUnsafe) << "which of the two would be taken, nobody can say";
    EXPECT_EQ(found.subject, folder);
    EXPECT_NE(found.cause.find("symbolic links"), std::string::npos) << found.text();
}

TEST_F(RefusedFile, BelongsToAnotherUser) {
    const auto path = directory_.write("theirs.so", console());
    if (::chown(path.c_str(), 12345, 12345) != 0) {
        // Only root can give files away; what a user cannot make, that user's server cannot meet in a test.
        EXPECT_NE(::geteuid(), 0U);
        return;
    }
    EXPECT_EQ(problemOf("theirs").code, problem::kUnsafe);
    EXPECT_NE(problemOf("theirs").remedy.find("plugin.owners"), std::string::npos);
    auto wanted = settingsWith("theirs", Medium::Email);
    wanted.directories = {ROTA_PLUGIN_DIRECTORY, directory_.path()};
    wanted.owners = {12345};
    EXPECT_EQ(theProblem(wanted).code, problem::kWrongKind) << "it is read, but is not named 'theirs'";
}

TEST_F(RefusedFile, IsASymbolicLink) {
    fs::create_symlink(ROTA_PLUGIN_DIRECTORY "/console.so", directory_.path() + "/link.so");
    fs::create_symlink("/nowhere/at/all.so", directory_.path() + "/dangling.so");
    EXPECT_EQ(problemOf("link").code, problem::kUnsafe);
    EXPECT_EQ(problemOf("link").cause, "is a symbolic link");
    EXPECT_EQ(problemOf("dangling").cause, "is a symbolic link");
}

TEST_F(RefusedFile, IsNoFile) {
    fs::create_directory(directory_.path() + "/folder.so");
    EXPECT_EQ(problemOf("folder").code, problem::kUnsafe);
    ::mkfifo((directory_.path() + "/pipe.so").c_str(), 0600);
    EXPECT_EQ(problemOf("pipe").cause, "is not a regular file");
}

struct Fault {
    const char* plugin;
    std::string_view code;
    const char* cause;
};

class RefusedLibrary : public ::testing::TestWithParam<Fault> {};

TEST_P(RefusedLibrary, SaysWhy) {
    const auto found = theProblem(settingsWith(GetParam().plugin, Medium::Sms));
    EXPECT_EQ(found.code, GetParam().code) << found.text();
    EXPECT_NE(found.cause.find(GetParam().cause), std::string::npos) << found.text();
}

INSTANTIATE_TEST_SUITE_P(OfEachKind, RefusedLibrary,
                         ::testing::Values(Fault{"no_entry", problem::kNoEntry, "does not export rota_plugin_entry"},
                                           Fault{"no_magic", problem::kNoEntry, "magic number"},
                                           Fault{"too_short", problem::kNoEntry, "too short"},
                                           Fault{"no_function", problem::kNoEntry, "lacks a function"},
                                           Fault{"other_major", problem::kAbi,
                                                 "is for version 7 of the plugin interface"},
                                           Fault{"newer_host", problem::kAbi, "needs version 1.999"},
                                           Fault{"missing_symbol", problem::kLoad, "a_function_that_nobody_has"},
                                           Fault{"missing_library", problem::kLoad, "librota_absent.so"},
                                           Fault{"broken_create", problem::kCrash, "while it was created"},
                                           Fault{"broken_destroy", problem::kCrash, "while it was deactivated"},
                                           Fault{"bad_schema", problem::kSchema, "the type of 'nested'"},
                                           Fault{"no_interface", problem::kWrongKind, "rota.channel/1"},
                                           Fault{"half_instance", problem::kCreate, "no whole instance"},
                                           Fault{"standard", problem::kWrongKind, "holds no channel 'standard'"}),
                         [](const auto& fault) { return std::string(fault.param.plugin); });

TEST(RefusedPlugin, NamesTheFileAndNotOurCopy) {
    EXPECT_EQ(theProblem(settingsWith("missing_symbol", Medium::Sms)).text().find("/1-missing"), std::string::npos);
}

TEST(RefusedPlugin, RefusesItsConfiguration) {
    auto found = theProblem(settingsWith("throwing", Medium::Email, {{"fail", "configure"}}));
    EXPECT_EQ(found.code, problem::kConfigure);
    EXPECT_EQ(found.subject, "channel.test.config.fail");
    EXPECT_NE(found.cause.find("does not like it"), std::string::npos);

    found = theProblem(settingsWith("throwing", Medium::Email, {{"fail", "activate"}}));
    EXPECT_EQ(found.code, problem::kActivate);
    EXPECT_NE(found.cause.find("cannot start"), std::string::npos);
}

TEST(RefusedPlugin, IsGivenNoHugeConfiguration) {
    for (const bool isolated : {false, true}) {
        auto wanted = settingsWith("pure_c", Medium::Sms, {{"sender", std::string(10 << 20, 'A')}});
        wanted.channels[0].isolated = isolated;
        const auto found = theProblem(wanted);
        EXPECT_EQ(found.code, problem::kValue);
        EXPECT_EQ(found.subject, "channel.test.config.sender");
        EXPECT_NE(found.cause.find("longer than 4096 bytes"), std::string::npos) << found.cause.substr(0, 200);
    }
}

TEST(RefusedPlugin, AllProblemsAreNamedAtOnce) {
    auto wanted = settingsWith("pure_c", Medium::Sms, {{"retries", "many"}, {"colour", "red"}, {"mode", "odd"}});
    wanted.channels.push_back({"second", "nowhere", {}, std::chrono::seconds{1}});
    wanted.order[Medium::Email] = {"third", "second"};
    wanted.availabilityByDoctor[base::DoctorId{3}] = {"console", {}};
    std::vector<std::string> codes;
    for (const auto& found : refused(wanted))
        codes.push_back(std::string(found.code) + " " + found.subject);
    EXPECT_EQ(codes,
              (std::vector<std::string>{"PLG-112 channel.test.config.mode", "PLG-112 channel.test.config.retries",
                                        "PLG-110 channel.test.config.colour", "PLG-102 nowhere.so",
                                        "PLG-117 notify.email.channels", "PLG-108 availability.doctor.3"}));
}

TEST(RefusedPlugin, CannotSendWhatTheOrderAsksFor) {
    const auto found = theProblem(settingsWith("pure_c", Medium::Email));
    EXPECT_EQ(found.code, problem::kOrder);
    EXPECT_EQ(found.subject, "notify.email.channels");
}

TEST(RefusedPlugin, NoPlaceForCopies) {
    auto wanted = settings();
    wanted.privateParent = "/proc/nowhere";
    EXPECT_EQ(theProblem(wanted).code, problem::kStaging);
}

TEST(LoadedPlugins, LeaveNoCopiesBehind) {
    const TemporaryDirectory directory;
    auto wanted = settings();
    wanted.privateParent = directory.path();
    const FixedClock clock;
    {
        const auto host = loaded(wanted, clock);
        EXPECT_FALSE(fs::is_empty(directory.path()));
    }
    EXPECT_TRUE(fs::is_empty(directory.path()));
}

// A process that is killed cannot clean up behind itself.
TEST(LoadedPlugins, RemoveTheCopiesOfThoseThatWereKilled) {
    const TemporaryDirectory directory;
    auto wanted = settings();
    wanted.privateParent = directory.path();
    const FixedClock clock;
    const auto other = loaded(wanted, clock);
    const auto held = fs::directory_iterator(directory.path())->path();
    fs::create_directory(directory.path() + "/rota-copies-killed");
    fs::create_directory(directory.path() + "/somebody-else");
    const auto host = loaded(wanted, clock);
    EXPECT_FALSE(fs::exists(directory.path() + "/rota-copies-killed"));
    EXPECT_TRUE(fs::exists(directory.path() + "/somebody-else"));
    EXPECT_FALSE(fs::is_empty(held)) << "that one is still used";
}

// The file of a serving plugin may be replaced, or cut, at any time: what is mapped is our copy.
TEST(LoadedPlugins, OutliveTheirFile) {
    const TemporaryDirectory directory;
    const auto path = directory.write("standard.so", readFile(ROTA_PLUGIN_DIRECTORY "/standard.so"));
    auto wanted = settings();
    wanted.directories = {directory.path()};
    const FixedClock clock;
    const auto host = loaded(wanted, clock);
    fs::resize_file(path, 10);
    domain::AvailabilityQuery query;
    query.open = {{base::fromUnixMs(0), base::fromUnixMs(3'600'000)}};
    EXPECT_EQ(host->forDoctor({})->slots(query).size(), 2U);
}

} // namespace
} // namespace rota::testing
