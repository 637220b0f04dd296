#include "server/warnings.hpp"

#include <algorithm>
#include <string_view>

namespace rota::server {

namespace {

/// The host in a link or an address of email; else the whole text.
std::string_view hostIn(std::string_view text) {
    if (const auto scheme = text.find("://"); scheme != std::string_view::npos) text.remove_prefix(scheme + 3);
    if (const auto at = text.rfind('@'); at != std::string_view::npos) text.remove_prefix(at + 1);
    return text.substr(0, text.find_first_of("/:?#>"));
}

bool isOrIsBelow(std::string_view host, std::string_view name) {
    return host.ends_with(name) && (host.size() == name.size() || host[host.size() - name.size() - 1] == '.');
}

/// One of the names that are kept for examples (RFC 2606).
bool isOfAnExample(std::string_view host) {
    constexpr std::string_view kReserved[] = {"example", "invalid", "example.com", "example.net", "example.org"};
    return std::ranges::any_of(kReserved, [&](std::string_view name) { return isOrIsBelow(host, name); });
}

bool tellsOfTheExample(std::string_view text) {
    for (const std::string_view part : {ExampleClinic::kName, ExampleClinic::kAddress, ExampleClinic::kPhone})
        if (text.find(part) != std::string_view::npos) return true;
    return false;
}

class Warnings {
public:
    explicit Warnings(const LoadedSettings& loaded) : loaded_(loaded) {}

    void add(const std::string& key, const std::string& message) {
        const auto origin = loaded_.origins.find(key);
        all.push_back({origin == loaded_.origins.end() ? "" : origin->second, key, message});
    }

    /// Never with the value itself, which in a channel's configuration might be a secret.
    void ofExample(const std::string& key, const std::string& value) {
        if (tellsOfTheExample(value) || isOfAnExample(hostIn(value)))
            add(key, "is still the example's; write the clinic's own");
    }

    void ofLink(const std::string& key, const std::string& value) {
        const auto host = hostIn(value);
        if (isOrIsBelow(host, "localhost") || host == "127.0.0.1")
            add(key, "leads patients to their own machine; write the page's address as they reach it");
        else
            ofExample(key, value);
    }

    std::vector<SettingsProblem> all;

private:
    const LoadedSettings& loaded_;
};

void ofClinic(Warnings& warnings, const app::Clinic& clinic) {
    warnings.ofExample("clinic.name", clinic.name);
    warnings.ofExample("clinic.address", clinic.address);
    warnings.ofExample("clinic.phone", clinic.phone);
    warnings.ofExample("clinic.email", clinic.email);
    warnings.ofLink("clinic.portal_url", clinic.portalUrl);
    warnings.ofLink("clinic.cancellation_policy_url", clinic.cancellationPolicyUrl);
}

bool serves(const std::vector<std::string>& names, const ChannelSettings& channel) {
    return std::ranges::find(names, channel.instance) != names.end();
}

} // namespace

std::vector<SettingsProblem> productionWarnings(const LoadedSettings& loaded) {
    const auto& settings = loaded.settings;
    if (settings.environment != "production") return {};
    Warnings warnings(loaded);
    ofClinic(warnings, settings.clinic);
    for (const auto& channel : settings.channels) {
        const bool email = serves(settings.emailChannels, channel);
        const bool sms = serves(settings.smsChannels, channel);
        const bool prints = channel.choice.plugin == "console";
        if (email && prints) warnings.add("notify.email.channels", "prints emails on the console; name one that sends");
        if (sms && prints) warnings.add("notify.sms.channels", "prints SMS on the console; name one that sends");
        if (!email && !sms) continue;
        for (const auto& [name, value] : channel.choice.config)
            warnings.ofExample("channel." + channel.instance + ".config." + name, value);
    }
    return std::move(warnings.all);
}

} // namespace rota::server
