#include "plugin_host/host_services.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "base/zone.hpp"
#include "plugin_host/abi.hpp"
#include "plugin_host/crypto.hpp"
#include "plugin_host/secrets.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace rota::plugin_host {
namespace {

using namespace std::chrono_literals;

/// A longer line is a dump, and could hold anything.
constexpr std::size_t kLongestLogText = 2048;
/// A plugin that makes names up as it goes would fill the memory.
constexpr std::size_t kCounters = 100;
/// "****" for a secret this short would blot out half of every text.
constexpr std::size_t kShortestRedacted = 4;

base::log::Level levelOf(std::int32_t level) {
    if (level <= ROTA_LOG_DEBUG) return base::log::Level::Debug;
    if (level == ROTA_LOG_INFO) return base::log::Level::Info;
    return level == ROTA_LOG_WARNING ? base::log::Level::Warning : base::log::Level::Error;
}

bool isCounterName(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || base::isDigit(c) || c == '_';
    });
}

std::optional<base::LocalTime> localTime(const std::int32_t ymdhm[5]) {
    const bool small = std::all_of(ymdhm, ymdhm + 5, [](std::int32_t value) { return value >= 0 && value <= 9999; });
    const base::Date date{std::chrono::year{ymdhm[0]}, std::chrono::month{static_cast<unsigned>(ymdhm[1])},
                          std::chrono::day{static_cast<unsigned>(ymdhm[2])}};
    if (!small || !date.ok() || ymdhm[3] > 23 || ymdhm[4] > 59) return std::nullopt;
    return base::LocalTime{date, std::chrono::hours{ymdhm[3]} + std::chrono::minutes{ymdhm[4]}};
}

/// Whether the clocks are set back so that this local time comes once more after `earlier`.
bool comesTwice(const base::Zone& zone, const base::LocalTime& local, base::Instant earlier) {
    // No zone has set its clocks by more than a day, and the change is never further away than what is repeated.
    const auto back = zone.offset(earlier) - zone.offset(earlier + 24h);
    return back > 0s && zone.toLocal(earlier + back) == local;
}

/// Calls that a plugin makes end here: an exception must not enter it.
template <class Work>
rota_status guarded(Work&& work) noexcept {
    try {
        return work();
    } catch (...) {
        return ROTA_INTERNAL;
    }
}

} // namespace

void addCount(std::map<std::string, double>& counters, const std::string& name, double delta) {
    const bool room = counters.size() < kCounters || counters.contains(name);
    if (room && isCounterName(name) && std::isfinite(delta) && delta >= 0) counters[name] += delta;
}

HostServices::HostServices(std::string instance, Permissions permissions, const base::Clock& clock)
    : instance_(std::move(instance)),
      permissions_(std::move(permissions)),
      clock_(clock),
      abi_(sized<rota_host>()),
      http_(permissions_.hosts, clock),
      mail_(permissions_.mailServers) {
    abi_.abi_major = ROTA_ABI_MAJOR;
    abi_.abi_minor = ROTA_ABI_MINOR;
    abi_.ctx = this;
    abi_.name = instance_.c_str();
    abi_.version = base::kVersion;
    abi_.log = &log;
    abi_.now_utc_ms = &now;
    abi_.secret = &secret;
    abi_.http = &http;
    abi_.local_to_utc = &toUtc;
    abi_.utc_to_local = &toLocal;
    abi_.counter = &count;
    abi_.get_extension = &extension;
}

std::string HostServices::redacted(std::string_view text) const {
    std::string clean(text);
    const std::scoped_lock lock(mutex_);
    for (const auto& value : served_)
        for (auto at = clean.find(value); at != std::string::npos; at = clean.find(value, at))
            clean.replace(at, value.size(), "***");
    return clean;
}

std::map<std::string, double> HostServices::counters() const {
    const std::scoped_lock lock(mutex_);
    return counters_;
}

const HostServices& HostServices::of(const rota_host* host) {
    return *static_cast<const HostServices*>(host->ctx);
}

void HostServices::log(const rota_host* host, std::int32_t level, rota_str message, rota_str fields) noexcept {
    guarded([&] {
        const auto& self = of(host);
        // Redacted before it is cut: the first half of a secret is not recognised.
        const std::string said = self.redacted(view(message)).substr(0, kLongestLogText);
        const std::string more = self.redacted(view(fields)).substr(0, kLongestLogText);
        if (more.empty())
            base::log::write(levelOf(level), "plugin", {{"instance", self.instance_}, {"message", said}});
        else
            base::log::write(levelOf(level), "plugin",
                             {{"instance", self.instance_}, {"message", said}, {"fields", more}});
        return ROTA_OK;
    });
}

std::int64_t HostServices::now(const rota_host* host) noexcept {
    return base::toUnixMs(of(host).clock_.now());
}

rota_status HostServices::secret(const rota_host* host, rota_str reference, char* buffer, std::size_t capacity,
                                 std::size_t* length) noexcept {
    return guarded([&]() -> rota_status {
        const auto& self = of(host);
        const std::string wanted(view(reference));
        const auto parsed = parseSecretReference(wanted);
        if (!parsed || !self.permissions_.secretReferences.contains(wanted)) return ROTA_CONFIG;
        const auto value = resolveSecret(*parsed);
        if (!value) return ROTA_CONFIG;
        *length = value->size();
        if (value->size() > capacity) return ROTA_BUFFER_TOO_SMALL;
        if (value->size() >= kShortestRedacted) {
            const std::scoped_lock lock(self.mutex_);
            self.served_.insert(*value);
        }
        value->copy(buffer, capacity);
        return ROTA_OK;
    });
}

rota_status HostServices::http(const rota_host* host, const rota_call* call, const rota_http_request* request,
                               rota_http_response* response, rota_error* error) noexcept {
    return guarded([&] { return of(host).http_.perform(*call, *request, *response, *error); });
}

rota_status HostServices::toUtc(const rota_host*, rota_str zone, const std::int32_t ymdhm[5], std::int64_t* utc,
                                std::int32_t* kind) noexcept {
    return guarded([&]() -> rota_status {
        const auto local = localTime(ymdhm);
        if (!local) return ROTA_UNSUPPORTED;
        try {
            const base::Zone rules{std::string(view(zone))};
            const auto instant = rules.toUtc(*local);
            *utc = base::toUnixMs(instant ? *instant : rules.toUtcOrNext(*local));
            *kind = !instant                              ? ROTA_LOCAL_SKIPPED
                    : comesTwice(rules, *local, *instant) ? ROTA_LOCAL_TWICE
                                                          : ROTA_LOCAL_UNIQUE;
            return ROTA_OK;
        } catch (const std::invalid_argument&) {
            return ROTA_CONFIG;
        }
    });
}

rota_status HostServices::toLocal(const rota_host*, rota_str zone, std::int64_t utc, std::int32_t ymdhm[5],
                                  std::int32_t* offset) noexcept {
    return guarded([&]() -> rota_status {
        try {
            const base::Zone rules{std::string(view(zone))};
            const auto instant = base::fromUnixMs(utc);
            const auto local = rules.toLocal(instant);
            const auto minutes = static_cast<std::int32_t>(local.minutes().count());
            ymdhm[0] = int{local.date.year()};
            ymdhm[1] = static_cast<std::int32_t>(unsigned{local.date.month()});
            ymdhm[2] = static_cast<std::int32_t>(unsigned{local.date.day()});
            ymdhm[3] = minutes / 60;
            ymdhm[4] = minutes % 60;
            *offset =
                static_cast<std::int32_t>(std::chrono::floor<std::chrono::minutes>(rules.offset(instant)).count());
            return ROTA_OK;
        } catch (const std::invalid_argument&) {
            return ROTA_CONFIG;
        }
    });
}

void HostServices::count(const rota_host* host, rota_str name, double delta) noexcept {
    guarded([&] {
        const auto& self = of(host);
        const std::scoped_lock lock(self.mutex_);
        addCount(self.counters_, std::string(view(name)), delta);
        return ROTA_OK;
    });
}

rota_status HostServices::sendMail(const rota_host* host, const rota_call* call, const rota_mail_server* server,
                                   const rota_mail_message* message, rota_mail_result* result,
                                   rota_error* error) noexcept {
    return guarded([&] { return of(host).mail_.send(*call, *server, *message, *result, *error); });
}

rota_status HostServices::checkMail(const rota_host* host, const rota_call* call, const rota_mail_server* server,
                                    rota_mail_result* result, rota_error* error) noexcept {
    return guarded([&] { return of(host).mail_.check(*call, *server, *result, *error); });
}

const void* HostServices::extension(const rota_host*, const char* id) noexcept {
    static constexpr rota_host_mail_v1 kMail{sizeof(rota_host_mail_v1), 0, &sendMail, &checkMail};
    if (std::string_view(id) == ROTA_HOST_MAIL_V1) return &kMail;
    if (std::string_view(id) == ROTA_HOST_CRYPTO_V1) return &cryptoExtension();
    return nullptr;
}

} // namespace rota::plugin_host
