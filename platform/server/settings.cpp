#include "server/settings.hpp"

#include "app/answer_inbound_text.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "server/settings_values.hpp"

#include <arpa/inet.h>
#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Util/PropertyFileConfiguration.h>
#include <pwd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <set>
#include <system_error>

namespace rota::server {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct RawValue {
    std::string text;
    std::string origin;
};
using RawValues = std::map<std::string, RawValue>;

/// Environment variables that stand above the files.
constexpr std::pair<const char*, const char*> kEnvironmentKeys[] = {
    {"DATABASE_URL", "database.url"},
    {"REDIS_URL", "redis.url"},
    {"ROTA_API_PORT", "http.port"},
    {"CORS_ORIGINS", "http.cors.origins"},
    {"ROTA_DOCS", "http.docs"},
    {"ROTA_OPS_ADDRESS", "ops.address"},
    {"ROTA_OPS_PORT", "ops.port"},
    {"ADMIN_TOKEN", "ops.token"},
    {"CLINIC_NAME", "clinic.name"},
    {"CLINIC_ADDRESS", "clinic.address"},
    {"CLINIC_PHONE", "clinic.phone"},
    {"CLINIC_PHONE_COUNTRY", "clinic.phone_country"},
    {"CLINIC_EMAIL", "clinic.email"},
    {"CLINIC_TIMEZONE", "clinic.timezone"},
    {"CLINIC_CANCELLATION_POLICY_URL", "clinic.cancellation_policy_url"},
    {"CLINIC_PORTAL_URL", "clinic.portal_url"},
    {"ROTA_PLUGIN_OWNERS", "plugin.owners"},
    {"LOG_LEVEL", "log.level"},
};

/// Typed reading of raw values. Each read makes its key a known one; a mistake becomes a problem and the default
/// stands.
class Reader {
public:
    Reader(const RawValues& values, std::string mainFile, std::vector<SettingsProblem>& problems)
        : values_(values), mainFile_(std::move(mainFile)), problems_(problems) {}

    bool given(const std::string& key) { return find(key) != nullptr; }

    std::string text(const std::string& key, const std::string& fallback) {
        const auto* value = find(key);
        return value ? value->text : fallback;
    }

    std::string required(const std::string& key, const std::string& remedy) {
        const auto value = text(key, "");
        if (value.empty()) problem(key, "is not set; " + remedy);
        return value;
    }

    milliseconds duration(const std::string& key, milliseconds fallback, milliseconds least, milliseconds most) {
        const auto* value = find(key);
        if (!value) return fallback;
        const auto parsed = parseDuration(value->text);
        if (!parsed) {
            problem(key, "'" + value->text +
                             "' is no duration; write a whole number and a unit: 500ms, 10s, 15m, 2h or 90d");
            return fallback;
        }
        if (*parsed < least || *parsed > most) {
            problem(key, "'" + value->text + "' is out of bounds; at least " + written(least) + ", at most " +
                             written(most));
            return fallback;
        }
        return *parsed;
    }

    long long integer(const std::string& key, long long fallback, long long least, long long most) {
        const auto* value = find(key);
        if (!value) return fallback;
        if (const auto parsed = parseInteger(value->text, least, most)) return *parsed;
        problem(key, "'" + value->text + "' must be a whole number from " + std::to_string(least) + " to " +
                         std::to_string(most));
        return fallback;
    }

    bool boolean(const std::string& key, bool fallback) {
        const auto* value = find(key);
        if (!value) return fallback;
        if (const auto parsed = parseBoolean(value->text)) return *parsed;
        problem(key, "'" + value->text + "' must be true or false");
        return fallback;
    }

    std::vector<std::string> list(const std::string& key, const std::string& fallback) {
        return parseList(text(key, fallback));
    }

    std::string oneOf(const std::string& key, const std::string& fallback, const std::vector<std::string>& allowed) {
        const auto value = text(key, fallback);
        if (std::ranges::find(allowed, value) != allowed.end()) return value;
        problem(key, "'" + value + "' must be one of: " + base::joined(allowed));
        return fallback;
    }

    /// What stands behind `prefix` in the keys: the names of channels, of doctors, of a plugin's own keys.
    std::set<std::string> namesBehind(const std::string& prefix) const {
        std::set<std::string> names;
        for (auto at = values_.lower_bound(prefix); at != values_.end() && at->first.starts_with(prefix); ++at) {
            const auto rest = at->first.substr(prefix.size());
            names.insert(rest.substr(0, rest.find('.')));
        }
        return names;
    }

    PluginChoice plugin(const std::string& prefix, const std::string& fallback) {
        PluginChoice choice{text(prefix + "plugin", fallback), {}, checksum(prefix + "sha256")};
        if (choice.plugin.empty())
            problem(prefix + "plugin", "is not set; name the plugin, such as console for console.so");
        const auto configPrefix = prefix + "config.";
        for (const auto& name : namesBehind(configPrefix))
            choice.config[name] = text(configPrefix + name, "");
        return choice;
    }

    /// As sha256sum writes it, or empty.
    std::string checksum(const std::string& key) {
        auto sum = text(key, "");
        std::ranges::transform(sum, sum.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const bool whole = sum.size() == 64 && sum.find_first_not_of("0123456789abcdef") == std::string::npos;
        if (!sum.empty() && !whole)
            problem(key, "'" + sum + "' is no SHA-256 sum; write the 64 digits that sha256sum prints for the file");
        return sum;
    }

    void problem(const std::string& key, const std::string& message) {
        const auto value = values_.find(key);
        problems_.push_back({value == values_.end() ? mainFile_ : value->second.origin, key, message});
    }

    void reportUnknownKeys() {
        for (const auto& [key, value] : values_) {
            if (known_.contains(key)) continue;
            const auto near = base::nearest(key, {known_.begin(), known_.end()});
            problem(key, near.empty() ? "is not a known key" : "is not a known key; did you mean " + near + "?");
        }
    }

private:
    const RawValue* find(const std::string& key) {
        known_.insert(key);
        const auto value = values_.find(key);
        return value == values_.end() ? nullptr : &value->second;
    }

    static std::string written(milliseconds length) {
        if (length % days{1} == milliseconds{0}) return std::to_string(length / days{1}) + "d";
        if (length % seconds{1} == milliseconds{0}) return std::to_string(length / seconds{1}) + "s";
        return std::to_string(length.count()) + "ms";
    }

    const RawValues& values_;
    std::string mainFile_;
    std::vector<SettingsProblem>& problems_;
    std::set<std::string> known_;
};

/// POCO lets the last of two equal keys stand and says nothing: a clinic that edits the first one would wonder.
class PropertyFile : public Poco::Util::PropertyFileConfiguration {
public:
    explicit PropertyFile(const std::string& path) { load(path); }
    const std::set<std::string>& repeated() const { return repeated_; }

protected:
    void setRaw(const std::string& key, const std::string& value) override {
        if (!given_.insert(key).second) repeated_.insert(key);
        PropertyFileConfiguration::setRaw(key, value);
    }

private:
    std::set<std::string> given_;
    std::set<std::string> repeated_;
};

void flatten(const Poco::Util::PropertyFileConfiguration& file, const std::string& prefix, const std::string& origin,
             RawValues& values) {
    Poco::Util::AbstractConfiguration::Keys names;
    file.keys(prefix, names);
    for (const auto& name : names) {
        const auto key = prefix.empty() ? name : prefix + "." + name;
        // Raw: ${env:…} is a plugin's reference to a secret, which the plugin host resolves, and not POCO's expansion.
        if (file.hasProperty(key)) values[key] = {file.getRawString(key), origin};
        flatten(file, key, origin, values);
    }
}

void readFile(const std::filesystem::path& path, RawValues& values, LoadedSettings& loaded) {
    // POCO would read a directory without end.
    if (std::error_code ignored; !std::filesystem::is_regular_file(path, ignored)) {
        loaded.problems.push_back({path.string(), "", "is no file; name the configuration with --config FILE"});
        return;
    }
    try {
        const Poco::AutoPtr<PropertyFile> file(new PropertyFile(path.string()));
        flatten(*file, "", path.string(), values);
        for (const auto& key : file->repeated())
            loaded.problems.push_back({path.string(), key, "is given twice; keep the line that is meant"});
        loaded.files.push_back(path);
    } catch (const Poco::Exception& error) {
        loaded.problems.push_back({path.string(), "", "cannot be read: " + error.displayText()});
    }
}

void readEnvironment(const Environment& environment, RawValues& values) {
    for (const auto& [variable, key] : kEnvironmentKeys)
        if (const auto value = environment(variable); value && !value->empty())
            values[key] = {*value, std::string("environment variable ") + variable};
}

/// FLASK_ENV is what the variable was called where a deployment was written for another server.
std::string environmentName(const Environment& environment, std::vector<SettingsProblem>& problems) {
    for (const auto* variable : {"APP_ENV", "FLASK_ENV"}) {
        const auto value = environment(variable);
        if (!value || value->empty()) continue;
        if (*value == "development" || *value == "production") return *value;
        problems.push_back({std::string("environment variable ") + variable, "",
                            "'" + *value + "' must be development or production"});
        break;
    }
    return "development";
}

void readDatabase(Reader& reader, Settings& settings) {
    settings.databaseUrl =
        reader.required("database.url", "set DATABASE_URL=postgresql://user:password@host:5432/name");
    settings.poolMin = static_cast<std::size_t>(reader.integer("database.pool.min", 10, 1, 1000));
    settings.poolMax = static_cast<std::size_t>(reader.integer("database.pool.max", 50, 1, 1000));
    if (settings.poolMin > settings.poolMax)
        reader.problem("database.pool.min", "must not be more than database.pool.max");
    settings.redisUrl = reader.required("redis.url", "set REDIS_URL=redis://host:6379/0");
}

/// What browsers send as Origin: a scheme, a host, perhaps a port, and nothing behind.
bool isOrigin(std::string_view text) {
    const auto scheme = text.find("://");
    if (scheme == std::string_view::npos || (text.substr(0, scheme) != "http" && text.substr(0, scheme) != "https"))
        return false;
    const auto host = text.substr(scheme + 3);
    return !host.empty() && host.find_first_of("/?#*@ ") == std::string_view::npos;
}

/// Of an address that readAddress lets pass, where "localhost" is the only name.
bool isLoopback(const std::string& address) {
    if (address == "localhost") return true;
    Poco::Net::IPAddress parsed;
    return Poco::Net::IPAddress::tryParse(address, parsed) && parsed.isLoopback();
}

std::string readAddress(Reader& reader, const std::string& key, const std::string& fallback) {
    auto address = reader.text(key, fallback);
    // POCO's own tryParse takes "::" for a mistake.
    in6_addr parsed{};
    if (address != "localhost" && ::inet_pton(AF_INET, address.c_str(), &parsed) != 1 &&
        ::inet_pton(AF_INET6, address.c_str(), &parsed) != 1)
        reader.problem(key, "'" + address +
                                "' is no address to listen on; write 127.0.0.1 for this machine only, or "
                                "0.0.0.0 for all its networks");
    return address;
}

/// What messages may link to.
std::string readLink(Reader& reader, const std::string& key, const std::string& fallback) {
    auto link = reader.text(key, fallback);
    const auto scheme = link.starts_with("https://") ? 8u : link.starts_with("http://") ? 7u : 0u;
    const bool good = scheme > 0 && link.size() > scheme && link.find_first_of(" \t\"<>") == std::string::npos;
    // A fallback that is wrong was made of a link that has been complained of.
    if (!good && link != fallback)
        reader.problem(key, "'" + link + "' is no link; write one such as https://clinic.example");
    return link;
}

/// Of the page that shows the API's document: where a package puts it, if it does.
std::string readDocs(Reader& reader) {
    const std::filesystem::path packaged = "/usr/share/rota/docs";
    std::error_code ignored;
    auto directory = reader.text("http.docs", std::filesystem::exists(packaged, ignored) ? packaged.string() : "");
    if (!directory.empty() && !std::filesystem::is_regular_file(directory + "/index.html", ignored))
        reader.problem("http.docs", "'" + directory +
                                        "' has no index.html; name the directory that docs/page is built "
                                        "into, or nothing");
    return directory;
}

/// Where scripts/run shows the page, for those who do not say where it is.
std::string pageOnThisMachine(Reader& reader, const Environment& environment, std::vector<SettingsProblem>& problems) {
    const std::string local = "http://localhost:";
    const auto port = environment("ROTA_WEB_PORT");
    const bool said = reader.given("http.cors.origins") && reader.given("clinic.portal_url");
    if (said || !port || port->empty()) return local + "3000";
    if (parseInteger(*port, 1, 65535)) return local + *port;
    problems.push_back({"environment variable ROTA_WEB_PORT", "", "'" + *port + "' is not a TCP port"});
    return local + "3000";
}

void readHttp(Reader& reader, Settings& settings, const std::string& page) {
    settings.httpAddress = readAddress(reader, "http.address", "0.0.0.0");
    settings.httpPort = static_cast<int>(reader.integer("http.port", 5000, 0, 65535));
    settings.corsOrigins = reader.list("http.cors.origins", page);
    for (const auto& origin : settings.corsOrigins)
        if (!isOrigin(origin))
            reader.problem("http.cors.origins",
                           "'" + origin + "' is no origin; write one such as https://clinic.example");
    settings.docsDirectory = readDocs(reader);

    settings.opsAddress = readAddress(reader, "ops.address", "127.0.0.1");
    settings.opsPort = static_cast<int>(reader.integer("ops.port", 5001, 0, 65535));
    settings.opsToken = reader.text("ops.token", "");
    if (settings.opsToken.empty() && !isLoopback(settings.opsAddress))
        reader.problem("ops.token", "is not set, but ops.address " + settings.opsAddress +
                                        " can be reached from elsewhere; set ADMIN_TOKEN");
}

base::Zone readZone(Reader& reader) {
    const auto name = reader.text("clinic.timezone", "America/New_York");
    try {
        return base::Zone(name);
    } catch (const std::invalid_argument&) {
        reader.problem("clinic.timezone",
                       "'" + name + "' is not a time zone of this system; write one such as America/New_York");
        return base::Zone("UTC");
    }
}

/// The portal's own page about cancelling.
std::string policyOf(const std::string& portalUrl) {
    return portalUrl + (portalUrl.ends_with('/') ? "" : "/") + "cancellation-policy";
}

void readClinic(Reader& reader, app::Clinic& clinic, const std::string& page) {
    clinic.name = reader.text("clinic.name", ExampleClinic::kName);
    clinic.address = reader.text("clinic.address", ExampleClinic::kAddress);
    clinic.phone = reader.text("clinic.phone", ExampleClinic::kPhone);
    clinic.phoneCountry = reader.text("clinic.phone_country", "+1");
    clinic.email = reader.text("clinic.email", "");
    if (!clinic.email.empty() &&
        (clinic.email.find('@') == std::string::npos || clinic.email.find_first_of(" <>,") != std::string::npos))
        reader.problem("clinic.email",
                       "'" + clinic.email + "' is no email address; write one such as desk@clinic.example");
    const auto& prefix = clinic.phoneCountry;
    if (prefix.size() < 2 || prefix.size() > 4 || prefix[0] != '+' ||
        prefix.find_first_not_of("0123456789", 1) != std::string::npos)
        reader.problem("clinic.phone_country", "'" + prefix + "' must be a country's calling code, such as +1");
    clinic.zone = readZone(reader);
    clinic.portalUrl = readLink(reader, "clinic.portal_url", page);
    clinic.cancellationPolicyUrl = readLink(reader, "clinic.cancellation_policy_url", policyOf(clinic.portalUrl));
}

std::optional<domain::QuietHours> readQuietHours(Reader& reader, const base::Zone& zone) {
    const auto text = reader.text("reminder.quiet_hours", "");
    if (text.empty()) return std::nullopt;
    const auto dash = text.find('-');
    const auto begin = base::parseTimeOfDay(text.substr(0, dash));
    const auto end = dash == std::string::npos ? std::nullopt : base::parseTimeOfDay(text.substr(dash + 1));
    if (begin && end && *end - *begin == hours{24}) {
        reader.problem("reminder.quiet_hours", "'" + text +
                                                   "' is the whole day, in which no reminder could go out; "
                                                   "write such as 21:00-08:00, or nothing");
        return std::nullopt;
    }
    if (begin && end && *begin != *end && *begin < hours{24}) return domain::QuietHours{zone, *begin, *end};
    reader.problem("reminder.quiet_hours", "'" + text + "' are no hours of a day; write such as 21:00-08:00");
    return std::nullopt;
}

void readRules(Reader& reader, app::Clinic& clinic) {
    auto& rules = clinic.rules;
    rules.minNotice = reader.duration("booking.min_notice", rules.minNotice, milliseconds{0}, days{30});
    rules.maxAdvance = reader.duration("booking.max_advance", rules.maxAdvance, days{1}, days{730});
    if (rules.minNotice >= rules.maxAdvance)
        reader.problem("booking.min_notice", "leaves no time that anybody could book; write less than "
                                             "booking.max_advance");
    rules.feeWindow = reader.duration("cancellation.fee_window", rules.feeWindow, milliseconds{0}, days{30});
    rules.feeCents = static_cast<int>(reader.integer("cancellation.fee_cents", rules.feeCents, 0, 10'000'000));
    auto& waitlist = clinic.waitlist;
    waitlist.maxEntries = static_cast<int>(reader.integer("waitlist.max_entries", waitlist.maxEntries, 1, 100));
    waitlist.expireAfter = reader.duration("waitlist.expire_after", waitlist.expireAfter, hours{1}, days{730});
    auto& leads = clinic.leads;
    leads.emailBefore = reader.duration("reminder.email_before", leads.emailBefore, seconds{1}, days{90});
    leads.smsBefore = reader.duration("reminder.sms_before", leads.smsBefore, seconds{1}, days{90});
    leads.quiet = readQuietHours(reader, clinic.zone);
}

void readChannels(Reader& reader, Settings& settings) {
    for (const auto& instance : reader.namesBehind("channel.")) {
        const auto prefix = "channel." + instance + ".";
        ChannelSettings channel{.instance = instance, .choice = reader.plugin(prefix, "")};
        channel.timeout = reader.duration(prefix + "timeout", seconds{10}, milliseconds{100}, seconds{10});
        channel.rules.perSecond = static_cast<double>(reader.integer(prefix + "rate_per_second", 0, 0, 100'000));
        const auto inDoubt = reader.oneOf(prefix + "in_doubt", "auto", {"auto", "resend", "give_up"});
        if (inDoubt != "auto") channel.rules.resendInDoubt = inDoubt == "resend";
        const auto fallback = channel.choice.plugin == "console" ? "none" : "process";
        channel.isolated = reader.oneOf(prefix + "isolation", fallback, {"process", "none"}) == "process";
        channel.processes = static_cast<int>(reader.integer(prefix + "instances", 1, 1, 16));
        if (!channel.isolated && channel.processes > 1)
            reader.problem(prefix + "instances", "asks for several processes, but " + prefix +
                                                     "isolation is none; write process there, or leave this out");
        settings.channels.push_back(std::move(channel));
    }
    const auto readMedium = [&](const std::string& key) {
        auto names = reader.list(key, "console");
        if (names.empty()) reader.problem(key, "names no channel; patients would not be told anything");
        for (auto name = names.begin(); name != names.end(); ++name)
            if (std::find(names.begin(), name, *name) != name)
                reader.problem(key, "names the channel '" + *name + "' twice; each is tried once, in this order");
        for (const auto& name : names)
            if (std::ranges::find(settings.channels, name, &ChannelSettings::instance) == settings.channels.end())
                reader.problem(key, "names the channel '" + name + "', which is not configured; add channel." + name +
                                        ".plugin");
        return names;
    };
    settings.clinic.cancelWords.clear();
    for (const auto& word : reader.list("notify.sms.cancel_words", "CANCEL"))
        settings.clinic.cancelWords.push_back(app::plainWord(word));
    settings.emailChannels = readMedium("notify.email.channels");
    settings.smsChannels = readMedium("notify.sms.channels");
}

PluginChoices readPluginChoices(Reader& reader, const std::string& kind, const std::string& fallback) {
    PluginChoices choices{reader.plugin(kind + ".default.", fallback), {}};
    for (const auto& doctor : reader.namesBehind(kind + ".doctor.")) {
        const auto prefix = kind + ".doctor." + doctor + ".";
        auto choice = reader.plugin(prefix, fallback); // first, so that its keys are known ones and told of once
        if (const auto id = parseInteger(doctor, 1, 9'000'000'000'000'000))
            choices.byDoctor[base::DoctorId{*id}] = std::move(choice);
        else
            reader.problem(prefix + "plugin", "'" + doctor + "' must be a doctor's number");
    }
    return choices;
}

/// The folder beside the program's own in a build, where it exists; else the clinic's own and the packaged one.
std::vector<std::filesystem::path> defaultPluginDirectories() {
    std::error_code ignored;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
    const auto built = program.parent_path().parent_path() / "plugins";
    if (std::filesystem::is_directory(built, ignored)) return {built};
    return {"/usr/local/lib/rota/plugins", "/usr/lib/rota/plugins"};
}

std::optional<uid_t> userNamed(const std::string& text) {
    if (const auto number = parseInteger(text, 0, 4'294'967'294)) return static_cast<uid_t>(*number);
    std::array<char, 16384> memory{}; // what /etc/passwd says of one user is shorter than that
    passwd entry{};
    passwd* found = nullptr;
    ::getpwnam_r(text.c_str(), &entry, memory.data(), memory.size(), &found);
    return found == nullptr ? std::nullopt : std::optional(entry.pw_uid);
}

void readPluginOwners(Reader& reader, Settings& settings) {
    for (const auto& owner : reader.list("plugin.owners", "")) {
        const auto user = userNamed(owner);
        if (user)
            settings.pluginOwners.insert(*user);
        else
            reader.problem("plugin.owners", "'" + owner + "' is no user of this system; write a name or a number");
    }
}

void readPlugins(Reader& reader, Settings& settings) {
    settings.pluginDirectories = defaultPluginDirectories();
    if (reader.given("plugin.directories")) {
        const auto named = reader.list("plugin.directories", "");
        settings.pluginDirectories.assign(named.begin(), named.end());
    }
    if (settings.pluginDirectories.empty())
        reader.problem("plugin.directories", "names no directory; write one such as /usr/lib/rota/plugins");
    readPluginOwners(reader, settings);
    readChannels(reader, settings);
    settings.availability = readPluginChoices(reader, "availability", "standard");
    settings.waitlist = readPluginChoices(reader, "waitlist", "first_come");
}

/// Taken as it stands, one would be a password that everybody knows, or none. What is said does not repeat it: the rest
/// of the value may be a secret.
void refuseReferences(Reader& reader, const RawValues& values) {
    for (const auto& [key, value] : values) {
        const bool refers =
            value.text.find("${env:") != std::string::npos || value.text.find("${file:") != std::string::npos;
        if (refers && key.find(".config.") == std::string::npos)
            reader.problem(key, "holds ${env:...} or ${file:...}, which only a plugin's own keys may; write the value "
                                "itself, or set its environment variable");
    }
}

void readLog(Reader& reader, Settings& settings) {
    const auto level = reader.oneOf("log.level", "info", {"debug", "info", "warning", "error"});
    settings.logLevel = level == "debug"     ? base::log::Level::Debug
                        : level == "warning" ? base::log::Level::Warning
                        : level == "error"   ? base::log::Level::Error
                                             : base::log::Level::Info;
    const auto format =
        reader.oneOf("log.format", settings.environment == "production" ? "json" : "text", {"text", "json"});
    settings.logFormat = format == "json" ? base::log::Format::Json : base::log::Format::Text;
}

} // namespace

Environment processEnvironment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value ? std::optional<std::string>(value) : std::nullopt;
    };
}

std::filesystem::path defaultConfigurationFile() {
    const std::filesystem::path local = "etc/rota.properties";
    return std::filesystem::exists(local) ? local : "/etc/rota/rota.properties";
}

LoadedSettings loadSettings(const std::filesystem::path& file, const Environment& environment) {
    LoadedSettings loaded;
    auto& settings = loaded.settings;
    settings.environment = environmentName(environment, loaded.problems);

    RawValues values;
    readFile(file, values, loaded);
    if (loaded.files.empty()) {
        // Whatever else could be said would follow from that; but whose plugins are trusted, rotactl asks without a
        // file too.
        readEnvironment(environment, values);
        Reader reader(values, file.string(), loaded.problems);
        readPluginOwners(reader, settings);
        return loaded;
    }
    const auto overlay = file.parent_path() / ("rota." + settings.environment + ".properties");
    if (std::filesystem::exists(overlay)) readFile(overlay, values, loaded);
    readEnvironment(environment, values);

    Reader reader(values, file.string(), loaded.problems);
    refuseReferences(reader, values);
    readDatabase(reader, settings);
    const auto page = pageOnThisMachine(reader, environment, loaded.problems);
    readHttp(reader, settings, page);
    readClinic(reader, settings.clinic, page);
    readRules(reader, settings.clinic);
    settings.seedOnEmpty = reader.boolean("seed.on_empty", settings.environment == "development");
    settings.templateDirectory = file.parent_path() / "templates";
    readPlugins(reader, settings);
    readLog(reader, settings);
    reader.reportUnknownKeys();
    for (const auto& [key, value] : values) {
        loaded.origins[key] = value.origin;
        loaded.values[key] = value.text;
    }
    return loaded;
}

} // namespace rota::server
