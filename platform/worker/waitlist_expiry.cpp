#include "worker/waitlist_expiry.hpp"

#include "base/log.hpp"

#include <algorithm>

namespace rota::worker {
namespace {

/// A machine that slept, or whose clock was set, is noticed within this time.
constexpr base::Milliseconds kLongestWait = std::chrono::minutes{10};

} // namespace

WaitlistExpiry::WaitlistExpiry(app::WaitlistStore& waitlist, app::JobStore& jobs, const base::Clock& clock,
                               const app::Clinic& clinic)
    : waitlist_(waitlist), jobs_(jobs), clock_(clock), clinic_(clinic), loop_("waitlist expiry", [this] {
          return turn();
      }) {}

void WaitlistExpiry::start() {
    loop_.start();
}

void WaitlistExpiry::stop() {
    loop_.stop();
}

base::Milliseconds WaitlistExpiry::turn() {
    const auto now = clock_.now();
    const auto today = clinic_.zone.toLocal(now).date;
    if (doneFor_ != today) {
        jobs_.alone("waitlist-expiry", [&] {
            const auto ended = waitlist_.expire(domain::waitlistHorizon(clinic_.waitlist, clinic_.zone, now));
            if (ended > 0) base::log::info("waitlist entries expired", {{"entries", ended}});
        });
        // Where another process was at it, it is done all the same.
        doneFor_ = today;
    }
    return std::min(clinic_.zone.day(today).end - now, kLongestWait);
}

} // namespace rota::worker
