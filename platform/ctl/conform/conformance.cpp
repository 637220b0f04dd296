#include "ctl/conform/conformance.hpp"

#include "ctl/child.hpp"
#include "ctl/conform/checks.hpp"
#include "ctl/plugin_probe.hpp"
#include "plugin_host/secrets.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>

namespace rota::ctl::conform {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using plugin_host::Library;
using plugin_host::PluginFile;
using plugin_host::PrivateDirectory;
using State = Result::State;

constexpr auto kCheckLimit = 30s;
constexpr auto kScanLimit = 100ms;
constexpr const char* kIsScannedQuickly = "is loaded and described within 100 ms";
/// A machine that is busy makes a single measurement long.
constexpr int kScans = 5;

/// What a child tells of a check.
std::string told(State state, const std::string& detail) {
    return std::string(1, state == State::Passed ? 'p' : state == State::Failed ? 'f' : 'n') + detail;
}

Result resultOf(const ChildEnd& end, Result result) {
    if (!end.good()) {
        result.state = State::Failed;
        result.detail = end.fault + (end.said.empty() ? "" : "; it printed:\n" + end.said.substr(0, 2000));
        return result;
    }
    result.state = end.answer[0] == 'p' ? State::Passed : end.answer[0] == 'f' ? State::Failed : State::NotConcerned;
    result.detail = end.answer.substr(1);
    return result;
}

/// Removed by us, because a child may crash.
PrivateDirectory freshDirectory() {
    auto directory = PrivateDirectory::make(std::filesystem::temp_directory_path());
    if (!directory) throw Stop(kUnreachable, directory.error().text());
    return *std::move(directory);
}

class Run {
public:
    Run(PluginFile file, std::string name, const Fixtures& fixtures, bool here)
        : file_(std::move(file)), name_(std::move(name)), fixtures_(fixtures), here_(here) {}

    Result loads() const {
        auto copies = freshDirectory();
        return resultOf(inChild(
                            [&] {
                                const auto library = Library::load(name_, file_, copies);
                                return library ? told(State::Passed, "") : told(State::Failed, library.error().text());
                            },
                            kCheckLimit),
                        {"", "loads, with all its symbols, and is a plugin for this server", State::Passed, ""});
    }

    Result isScannedQuickly() const {
        const auto scan = [&](PrivateDirectory& copies) {
            const auto begin = std::chrono::steady_clock::now();
            const auto library = Library::load(name_, file_, copies);
            if (library) library->all();
            const auto took = std::chrono::steady_clock::now() - begin;
            return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
        };
        Result result{"", kIsScannedQuickly, State::Passed, ""};
        for (int i = 0; i < kScans; ++i) {
            auto copies = freshDirectory();
            const auto end = inChild([&] { return scan(copies); }, kCheckLimit);
            if (!end.good()) return {"", result.check, State::Failed, end.fault};
            if (std::stol(end.answer) < kScanLimit.count()) return result;
            result.detail = "takes " + end.answer + " ms; what takes time belongs to activate";
        }
        result.state = State::Failed;
        return result;
    }

    Result carryOut(const Check& check, const std::string& plugin, std::uint32_t index) const {
        auto copies = freshDirectory();
        const auto work = [&] { return outcome(check, index, copies); };
        return resultOf(here_ ? ChildEnd{work(), "", ""} : inChild(work, kCheckLimit),
                        {plugin, check.name, State::Passed, ""});
    }

private:
    std::string outcome(const Check& check, std::uint32_t index, PrivateDirectory& copies) const {
        const auto library = Library::load(name_, file_, copies);
        if (!library) return told(State::Failed, library.error().text());
        try {
            const auto types = library->all();
            const auto type = std::ranges::find(types, index, &plugin_host::PluginType::index);
            require(type != types.end(), "is described in another way than a moment ago");
            check.run({library->entry(), *type, file_, fixtures_});
            return told(State::Passed, "");
        } catch (const Broken& broken) {
            return told(State::Failed, broken.what());
        } catch (const NotConcerned& reason) {
            return told(State::NotConcerned, reason.what());
        } catch (const std::exception& thrown) {
            return told(State::Failed, std::string("an exception comes out of it: ") + thrown.what());
        }
    }

    PluginFile file_;
    std::string name_;
    const Fixtures& fixtures_;
    bool here_;
};

MessageText ordinaryMessage(const json& plugin) {
    MessageText message;
    const auto& flags = plugin["flags"];
    if (std::ranges::find(flags, "sms") != flags.end()) return message;
    message.medium = "email";
    message.to = "conformance@example.com";
    return message;
}

/// The fixtures of a library with several plugins are by their kinds.
json fixturesOf(const json& all, const std::string& kind) {
    const bool byKind = all.contains("channel") || all.contains("availability") || all.contains("waitlist");
    return byKind ? all.value(kind, json::object()) : all;
}

/// A variable that a configuration refers to must be set, as on the server; its value is the fake host's affair.
void setVariables(const std::map<std::string, std::string>& config) {
    for (const auto& [key, value] : config)
        if (const auto reference = plugin_host::parseSecretReference(value);
            reference && reference->source == plugin_host::SecretReference::Source::Environment)
            ::setenv(reference->name.c_str(), "conformance", 0);
}

Fixtures fixturesFor(const json& plugin, const Conditions& conditions) {
    try {
        const auto all = json::parse(conditions.fixtures.value_or("{}"));
        auto fixtures = readFixtures(fixturesOf(all, plugin["kind"]), ordinaryMessage(plugin));
        if (conditions.config) fixtures.config = flatTexts(json::parse(*conditions.config));
        setVariables(fixtures.config);
        for (const auto& refused : fixtures.refusedConfigs)
            setVariables(refused.first);
        return fixtures;
    } catch (const json::exception& error) {
        throw Stop(kUsage, std::string("the fixtures or the configuration: ") + error.what());
    } catch (const std::invalid_argument& error) {
        throw Stop(kUsage, std::string("the fixtures or the configuration: ") + error.what());
    }
}

std::vector<Check> checksOf(const json& plugin, const Fixtures& fixtures) {
    auto checks = instanceChecks();
    const auto own = plugin["kind"] == "channel"        ? channelChecks(fixtures)
                     : plugin["kind"] == "availability" ? availabilityChecks()
                                                        : waitlistChecks();
    checks.insert(checks.end(), own.begin(), own.end());
    return checks;
}

} // namespace

std::vector<Result> conformance(const PluginReference& plugin, const Conditions& conditions) {
    auto file = plugin.read();
    if (!file) throw Stop(kFinding, file.error().text());

    std::vector<Result> results;
    const Fixtures none;
    const Run library(*file, plugin.name, none, conditions.here);
    results.push_back(library.loads());
    if (results.back().state != State::Passed) return results;
    const auto wanted = [&](const std::string& name) { return name.find(conditions.only) != std::string::npos; };
    if (wanted(kIsScannedQuickly)) results.push_back(library.isScannedQuickly());
    for (const auto& check : libraryChecks())
        if (wanted(check.name)) results.push_back(library.carryOut(check, "", 0));

    const auto found = probe(plugin);
    if (found.description.is_null()) throw Stop(kFinding, found.problem);
    for (std::uint32_t i = 0; i < found.description["plugins"].size(); ++i) {
        const auto& one = found.description["plugins"][i];
        const auto fixtures = fixturesFor(one, conditions);
        const Run run(*file, plugin.name, fixtures, conditions.here);
        for (const auto& check : checksOf(one, fixtures)) {
            if (!wanted(check.name)) continue;
            results.push_back(
                run.carryOut(check, one["kind"].get<std::string>() + " " + one["id"].get<std::string>(), i));
            // Without an instance everything else would say the same.
            if (check.name == kTakesConfiguration && results.back().state == State::Failed) break;
        }
    }
    return results;
}

} // namespace rota::ctl::conform
