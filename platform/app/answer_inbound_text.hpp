#pragma once

#include "app/cancel_appointment.hpp"
#include "app/clinic.hpp"
#include "app/ports/channel.hpp"
#include "app/ports/job_queue.hpp"
#include "app/ports/provider_event_store.hpp"
#include "app/ports/reply_store.hpp"
#include "base/clock.hpp"

#include <string>

namespace rota::app {

/// Acts on a text that a patient sent to the number of the reminders. One of the clinic's words for it cancels the
/// appointment that the last reminder spoke of, as the portal would, fee and mail included; where that is not exactly
/// one, as for a family that shares a phone, it cancels nothing, and tells the patients and the clinic by email. Any
/// other text changes nothing. Throws StorageError: then the provider is to call again. [thread-safe]
class AnswerInboundText {
public:
    AnswerInboundText(ReplyStore& replies, ProviderEventStore& events, CancelAppointment& cancelAppointment,
                      JobQueue& queue, const base::Clock& clock, const Clinic& clinic);

    /// `channel` is the instance whose callback brought it.
    void operator()(const std::string& channel, const InboundText& text);

private:
    /// `id` is the provider's, as it is remembered.
    void cancel(const std::string& channel, const std::string& from, const std::string& id, base::Instant now);

    ReplyStore& replies_;
    ProviderEventStore& events_;
    CancelAppointment& cancelAppointment_;
    JobQueue& queue_;
    const base::Clock& clock_;
    const Clinic& clinic_;
};

/// How words are compared: "Cancel. " is "CANCEL".
std::string plainWord(const std::string& text);

} // namespace rota::app
