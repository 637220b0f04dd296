#pragma once

#include "support.hpp"
#include "support/fake_provider/fake_provider.hpp"

#include <cstdlib>
#include <memory>
#include <string>

namespace rota::testing {

inline std::string environmentOr(const char* name, const std::string& fallback) {
    const char* value = std::getenv(name);
    return value == nullptr ? fallback : value;
}

/// A channel of a real plugin, against a fake of its provider. The suite `providers` puts a proxy between the two,
/// which holds both to the provider's description: then the environment names the proxy, and the fake's port.
class ProviderTest : public ::testing::Test {
protected:
    ProviderTest() { clock_.set(base::SystemClock().now()); }

    void load(const std::string& plugin, domain::Medium medium, const plugin_host::PluginConfig& config,
              base::Milliseconds timeout = std::chrono::seconds{5}) {
        auto wanted = settingsWith(plugin, medium, config);
        wanted.channels[0].timeout = timeout;
        host_ = loaded(wanted, clock_);
        channel_ = host_->channels(medium).at(0);
    }

    /// To be sent within the next hour.
    app::Message message(domain::Medium medium, const std::string& to) const {
        auto message = medium == domain::Medium::Sms ? sms(to) : email(to);
        message.notAfter = clock_.now() + std::chrono::hours{1};
        return message;
    }

    /// Where the plugin finds that provider: "SENDGRID".
    std::string url(const std::string& provider) const {
        return environmentOr(("ROTA_TEST_" + provider + "_URL").c_str(), fake_.url());
    }

    FakeProvider fake_{std::stoi(environmentOr("ROTA_TEST_FAKE_PORT", "0"))};
    FixedClock clock_;
    std::unique_ptr<plugin_host::PluginHost> host_;
    std::shared_ptr<app::Channel> channel_;
};

} // namespace rota::testing
