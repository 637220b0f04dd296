#pragma once

#include "base/clock.hpp"
#include "plugin_host/plugin_host.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rota::testing {

class FixedClock final : public base::Clock {
public:
    base::Instant now() const override { return now_; }
    void set(base::Instant now) { now_ = now; }

private:
    base::Instant now_ = base::fromUnixMs(1'773'000'000'000);
};

/// Removed at the end, with all that is in it.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    const std::string& path() const { return path_; }
    /// Answers the absolute path.
    std::string write(std::string_view name, std::string_view bytes) const;

private:
    std::string path_;
};

std::string readFile(const std::string& path);

/// Sets an environment variable while it lives.
class Environment {
public:
    Environment(std::string name, const std::string& value);
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

private:
    std::string name_;
};

/// What `work` lets the process write to a file descriptor (1 or 2).
std::string captured(int fd, const std::function<void()>& work);

/// The product's plugins and the fixtures, with the standard policy and no channel.
plugin_host::Settings settings();
/// These, with one channel "test" of that plugin, in the order of that medium.
plugin_host::Settings settingsWith(const std::string& plugin, domain::Medium medium,
                                   plugin_host::PluginConfig config = {});

/// Loads what must load.
std::unique_ptr<plugin_host::PluginHost> loaded(const plugin_host::Settings& settings, const base::Clock& clock);
/// Loads what must be refused.
std::vector<plugin_host::PluginProblem> refused(const plugin_host::Settings& settings);
/// Exactly one problem.
plugin_host::PluginProblem theProblem(const plugin_host::Settings& settings);

app::Message sms(std::string to);
app::Message email(std::string to);

} // namespace rota::testing
