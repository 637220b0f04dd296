#include "server/reload_everywhere.hpp"

#include "app/ports/errors.hpp"
#include "base/log.hpp"

namespace rota::server {
namespace {

using namespace std::chrono_literals;

/// Short, so that a stop is not held up by it.
constexpr base::Milliseconds kListen = 200ms;
/// Between two looks without a notification.
constexpr auto kLook = 2s;
/// After the database was away.
constexpr base::Milliseconds kReconnect = 1s;
/// That two machines' clocks may differ; who started within it reads its configuration once more, which is harmless.
constexpr auto kSkew = 20s;

} // namespace

ReloadEverywhere::ReloadEverywhere(Reload& reload, postgres::ConnectionSettings database, const base::Clock& clock,
                                   base::Instant configurationRead)
    : reload_(reload),
      database_(std::move(database)),
      clock_(clock),
      configurationRead_(configurationRead),
      loop_("reload", [this] { return turn(); }) {}

ReloadEverywhere::Answer ReloadEverywhere::operator()() {
    const std::scoped_lock lock(mutex_);
    Answer answer{reload_(), false};
    if (!answer.here.problems.empty()) return answer;
    try {
        const auto number = postgres::ReloadRequests(database_).ask(clock_.now());
        // With a number between, another server's request came while this one reloaded: it still has to be followed.
        if (!seen_ || number == *seen_ + 1) seen_ = number;
        answer.others = true;
    } catch (const app::StorageError& error) {
        base::log::warning("the other servers could not be asked to reload", {{"error", error.what()}});
    }
    return answer;
}

void ReloadEverywhere::ask() {
    asked_ = true;
    loop_.wake();
}

base::Milliseconds ReloadEverywhere::turn() {
    if (asked_.exchange(false)) (*this)();
    try {
        if (!requests_) requests_.emplace(database_);
        reload_.finish();
        follow();
        const auto end = std::chrono::steady_clock::now() + kLook;
        while (!loop_.stopping() && !asked_ && std::chrono::steady_clock::now() < end)
            if (requests_->await(kListen)) break;
        return 0ms;
    } catch (const app::StorageError& error) {
        requests_.reset();
        base::log::debug("reloads cannot be watched for", {{"error", error.what()}});
        return kReconnect;
    }
}

/// A request that fails here is not tried again by itself: the log says why, and whoever mends it asks again.
void ReloadEverywhere::follow() {
    const std::scoped_lock lock(mutex_);
    const auto latest = requests_->latest();
    if (!seen_) seen_ = latest.at + kSkew < configurationRead_ ? latest.number : latest.number - 1;
    if (latest.number <= *seen_) return;
    seen_ = latest.number;
    base::log::info("another server was asked to reload", {{"request", latest.number}});
    reload_();
}

} // namespace rota::server
