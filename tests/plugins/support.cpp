#include "support.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace rota::testing {

namespace fs = std::filesystem;

TemporaryDirectory::TemporaryDirectory() : path_(fs::temp_directory_path() / "rota-plugins-test-XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary directory");
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::string TemporaryDirectory::write(std::string_view name, std::string_view bytes) const {
    const std::string path = path_ + "/" + std::string(name);
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
}

std::string readFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

Environment::Environment(std::string name, const std::string& value) : name_(std::move(name)) {
    ::setenv(name_.c_str(), value.c_str(), 1);
}

Environment::~Environment() {
    ::unsetenv(name_.c_str());
}

std::string captured(int fd, const std::function<void()>& work) {
    const TemporaryDirectory directory;
    const std::string path = directory.write("out", "");
    const int before = ::dup(fd);
    FILE* const file = std::fopen(path.c_str(), "a");
    ::dup2(::fileno(file), fd);
    work();
    ::dup2(before, fd);
    ::close(before);
    std::fclose(file);
    return readFile(path);
}

plugin_host::Settings settings() {
    plugin_host::Settings settings;
    // scripts/test sets it where root works in another user's checkout.
    if (const char* owner = std::getenv("ROTA_PLUGIN_OWNERS"))
        settings.owners.insert(static_cast<uid_t>(std::strtoul(owner, nullptr, 10)));
    settings.directories = {ROTA_PLUGIN_DIRECTORY, ROTA_FIXTURE_DIRECTORY};
    settings.privateParent = fs::temp_directory_path();
    return settings;
}

plugin_host::Settings settingsWith(const std::string& plugin, domain::Medium medium, plugin_host::PluginConfig config) {
    auto with = settings();
    with.channels.push_back({"test", plugin, std::move(config), std::chrono::seconds{5}});
    with.order[medium] = {"test"};
    return with;
}

std::unique_ptr<plugin_host::PluginHost> loaded(const plugin_host::Settings& settings, const base::Clock& clock) {
    auto host = plugin_host::PluginHost::load(settings, clock);
    if (host) return *std::move(host);
    std::string all = "refused:";
    for (const auto& problem : host.error())
        all += "\n" + problem.text();
    throw std::runtime_error(all);
}

std::vector<plugin_host::PluginProblem> refused(const plugin_host::Settings& settings) {
    const FixedClock clock;
    auto host = plugin_host::PluginHost::load(settings, clock);
    if (host) throw std::runtime_error("loaded what should have been refused");
    return host.error();
}

plugin_host::PluginProblem theProblem(const plugin_host::Settings& settings) {
    auto problems = refused(settings);
    EXPECT_EQ(problems.size(), 1U);
    for (const auto& problem : problems) {
        // Whatever is wrong, an operator is told what to do.
        EXPECT_FALSE(problem.cause.empty() || problem.remedy.empty() || problem.subject.empty()) << problem.text();
        EXPECT_EQ(problem.text().find("  "), std::string::npos) << problem.text();
    }
    return problems.front();
}

app::Message sms(std::string to) {
    app::Message message;
    message.medium = domain::Medium::Sms;
    message.deliveryId = "delivery-7";
    message.idempotencyKey = "key-7";
    message.to = std::move(to);
    message.toName = "Emma Wilson";
    message.text = "See you at 9:00 AM";
    message.locale = "en-US";
    message.notAfter = base::fromUnixMs(1'774'000'000'000);
    return message;
}

app::Message email(std::string to) {
    auto message = sms(std::move(to));
    message.medium = domain::Medium::Email;
    message.subject = "Appointment Reminder";
    message.html = "<p>See you at 9:00 AM</p>";
    return message;
}

} // namespace rota::testing
