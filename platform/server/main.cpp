#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/version.hpp"
#include "server/daemon.hpp"
#include "server/preparation.hpp"
#include "server/settings.hpp"
#include "server/warnings.hpp"

#include <Poco/Util/HelpFormatter.h>
#include <Poco/Util/Option.h>
#include <Poco/Util/OptionSet.h>
#include <Poco/Util/ServerApplication.h>

#include <csignal>
#include <ctime>
#include <initializer_list>
#include <iostream>

namespace {

using namespace rota;

/// As sysexits.h calls it: the configuration, not the program, has to be mended.
constexpr int kExitConfiguration = 78;

sigset_t setOf(std::initializer_list<int> numbers) {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : numbers)
        sigaddset(&signals, signal);
    return signals;
}

/// The signals that end the server, and the one that makes it read its configuration anew. Blocked in main before any
/// thread is made, so that all threads inherit that and only whoever waits for them gets them.
const sigset_t kEndingSignals = setOf({SIGINT, SIGTERM, SIGQUIT});
const sigset_t kSignals = setOf({SIGINT, SIGTERM, SIGQUIT, SIGHUP});

bool waitForStop(base::Milliseconds atMost) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(atMost);
    const timespec limit{static_cast<std::time_t>(whole.count()),
                         static_cast<long>(std::chrono::nanoseconds(atMost - whole).count())};
    return sigtimedwait(&kEndingSignals, nullptr, &limit) > 0;
}

class RotaServer : public Poco::Util::ServerApplication {
public:
    using ServerApplication::run;

protected:
    // Not the base's --daemon, --umask and --pidfile: a service manager does that, and keeps what is printed.
    void defineOptions(Poco::Util::OptionSet& options) override {
        using Poco::Util::Option;
        options.addOption(Option("help", "h", "Say how this is used."));
        options.addOption(Option("version", "v", "Say which version this is."));
        options.addOption(Option("check", "", "Read the whole configuration, load the plugins, say what is wrong."));
        options.addOption(Option("config", "c",
                                 "The configuration; default etc/rota.properties, else "
                                 "/etc/rota/rota.properties.")
                              .argument("FILE"));
    }

    void handleOption(const std::string& name, const std::string& value) override {
        ServerApplication::handleOption(name, value);
        if (name == "help") help_ = true;
        if (name == "version") version_ = true;
        if (name == "check") check_ = true;
        if (name == "config") file_ = value;
        if (help_ || version_) stopOptionsProcessing();
    }

    int main(const std::vector<std::string>& arguments) override {
        if (help_) return printHelp();
        if (version_) return printVersion();
        if (!arguments.empty()) {
            std::cerr << "rotad: unexpected argument '" << arguments.front() << "'; see rotad --help\n";
            return EXIT_USAGE;
        }
        const auto loaded = server::loadSettings(file_.empty() ? server::defaultConfigurationFile() : file_,
                                                 server::processEnvironment());
        // A check says what it found itself.
        const auto level = check_ ? base::log::Level::Warning : loaded.settings.logLevel;
        base::log::configure(level, loaded.settings.logFormat);
        auto preparation = server::prepare(loaded, clock_);
        if (!preparation) return printProblems(preparation.error());
        return check_ ? printChecked(loaded, *preparation) : serve(loaded, std::move(*preparation));
    }

private:
    int printHelp() {
        Poco::Util::HelpFormatter formatter(options());
        formatter.setUnixStyle(true);
        formatter.setAutoIndent();
        formatter.setCommand("rotad");
        formatter.setUsage("[--config FILE] [--check]");
        formatter.setHeader("Books medical appointments, delivers their reminders, fills freed times.");
        formatter.setFooter("Environment variables stand over the configuration file, which names them.");
        formatter.format(std::cout);
        return EXIT_OK;
    }

    static int printVersion() {
        std::cout << "rotad " << base::kVersion << "\n";
        return EXIT_OK;
    }

    static int printProblems(const std::vector<std::string>& lines) {
        for (const auto& line : lines)
            std::cerr << "rotad: " << line << "\n";
        std::cerr << "rotad: " << lines.size() << (lines.size() == 1 ? " mistake" : " mistakes")
                  << " in the configuration; nothing was started\n";
        return kExitConfiguration;
    }

    static int printChecked(const server::LoadedSettings& loaded, const server::Preparation& preparation) {
        for (const auto& file : loaded.files)
            std::cout << "read " << file.string() << "\n";
        for (const auto& instance : preparation.plugins->instances())
            std::cout << "loaded " << instance.name << ": " << instance.plugin << " " << instance.version << " from "
                      << instance.file << "\n";
        for (const auto& warning : server::productionWarnings(loaded))
            std::cout << "warning: " << warning.key << " " << warning.message << "\n";
        std::cout << "the configuration is good\n";
        return EXIT_OK;
    }

    int serve(const server::LoadedSettings& loaded, server::Preparation preparation) {
        const auto& settings = loaded.settings;
        for (const auto& warning : server::productionWarnings(loaded))
            base::log::warning(warning.message, {{"key", warning.key}});
        try {
            server::Daemon daemon(loaded, std::move(preparation), clock_, waitForStop);
            base::log::info("operations open", {{"address", settings.opsAddress}, {"port", daemon.operationsPort()}});
            base::log::info("serving", {{"address", settings.httpAddress},
                                        {"port", daemon.port()},
                                        {"environment", settings.environment},
                                        {"version", base::kVersion}});
            for (int signal = SIGHUP; signal == SIGHUP;) {
                if (sigwait(&kSignals, &signal) == 0 && signal == SIGHUP) daemon.reload();
            }
            base::log::info("stopping");
        } catch (const server::Stopped&) {
            // As it was asked to: not a failure.
        } catch (const std::exception& error) {
            base::log::error("cannot serve", {{"error", error.what()}});
            return EXIT_SOFTWARE;
        }
        base::log::info("stopped");
        return EXIT_OK;
    }

    bool help_ = false;
    bool version_ = false;
    bool check_ = false;
    std::filesystem::path file_;
    const base::SystemClock clock_;
};

} // namespace

int main(int argc, char** argv) {
    pthread_sigmask(SIG_BLOCK, &kSignals, nullptr);
    RotaServer server;
    try {
        server.init(argc, argv);
    } catch (const Poco::Exception& error) {
        std::cerr << "rotad: " << error.displayText() << "; see rotad --help\n";
        return Poco::Util::Application::EXIT_USAGE;
    }
    return server.run();
}
