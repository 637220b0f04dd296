#pragma once

#include "app/clinic.hpp"
#include "app/ports/job_store.hpp"
#include "app/ports/waitlist_store.hpp"
#include "base/clock.hpp"
#include "worker/loop.hpp"

#include <optional>

namespace rota::worker {

/// At each midnight of the clinic, and at the start for those that were missed, ends the waitlist entries that have
/// grown too old or whose day has passed. One process does so at a time. [thread-safe]
class WaitlistExpiry {
public:
    WaitlistExpiry(app::WaitlistStore& waitlist, app::JobStore& jobs, const base::Clock& clock,
                   const app::Clinic& clinic);

    void start();
    void stop();

    /// Does what is due, in the caller's thread. Returns how long until it should be asked again.
    base::Milliseconds turn();

private:
    app::WaitlistStore& waitlist_;
    app::JobStore& jobs_;
    const base::Clock& clock_;
    const app::Clinic& clinic_;
    std::optional<base::Date> doneFor_;
    Loop loop_;
};

} // namespace rota::worker
