#include "app/promote_waitlist.hpp"

#include "app/booking_check.hpp"
#include "app/queue_update.hpp"
#include "base/log.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>

namespace rota::app {
namespace {

JobResult finished(JobOutcome outcome, std::string error = {}) {
    JobResult result;
    result.outcome = outcome;
    result.error = std::move(error);
    return result;
}

/// {doctor_id, start_ms, duration, type} of the appointment that gave the time up. Who comes from the waitlist is not
/// promised a new patient's hour.
std::optional<FreedSlot> parseFreed(const std::string& payload) {
    const auto json = nlohmann::json::parse(payload, nullptr, false);
    const auto integer = [&](const char* name) -> std::optional<std::int64_t> {
        if (!json.is_object() || !json.contains(name) || !json[name].is_number_integer()) return std::nullopt;
        return json[name].get<std::int64_t>();
    };
    const auto doctor = integer("doctor_id");
    const auto start = integer("start_ms");
    const auto minutes = integer("duration");
    if (!doctor || !start || !minutes || !json.contains("type") || !json["type"].is_string()) return std::nullopt;
    const auto type = domain::parseVisitType(json["type"].get<std::string>());
    if (!type || !domain::isBookableDuration(base::Minutes{*minutes})) return std::nullopt;

    FreedSlot slot;
    slot.doctor = {*doctor};
    slot.type = *type == domain::VisitType::NewPatient ? domain::VisitType::Standard : *type;
    slot.span = {base::fromUnixMs(*start), base::fromUnixMs(*start) + base::Minutes{*minutes}};
    return slot;
}

NewAppointment appointmentOf(const FreedSlot& slot, base::PatientId patient) {
    const auto duration = std::chrono::floor<base::Minutes>(slot.span.end - slot.span.begin);
    return {slot.doctor, patient, slot.span.begin, duration, slot.type};
}

} // namespace

PromoteWaitlist::PromoteWaitlist(WaitlistStore& waitlist, const WaitlistStrategies& strategies,
                                 const AvailabilityPolicies& policies, JobQueue& queue, const base::Clock& clock,
                                 const Clinic& clinic)
    : waitlist_(waitlist),
      strategies_(strategies),
      policies_(policies),
      queue_(queue),
      clock_(clock),
      clinic_(clinic) {}

JobResult PromoteWaitlist::operator()(const ClaimedJob& job) const {
    auto slot = parseFreed(job.payload);
    if (!slot) return finished(JobOutcome::Failed, "the job does not say which time is free");
    slot->now = clock_.now();
    slot->zone = clinic_.zone.name();
    if (slot->span.begin <= slot->now) return finished(JobOutcome::Done);

    std::map<base::WaitlistId, base::PatientId> patients;
    std::vector<WaitlistCandidate> candidates;
    for (const auto& row : suitable(*slot)) {
        // Nobody is put back into the very time that they have just given up.
        if (job.appointment && row.patient == job.appointment->patient) continue;
        patients[row.candidate.id] = row.patient;
        candidates.push_back(row.candidate);
    }
    if (candidates.empty()) return finished(JobOutcome::Done);

    auto result = finished(JobOutcome::Done);
    for (const auto& ranked : strategies_.strategyFor(slot->doctor)->rank(*slot, candidates)) {
        const auto patient = patients.find(ranked.id);
        if (patient == patients.end()) continue;
        const auto taken = offer(*slot, ranked, patient->second);
        result.promoted = taken == Offer::Taken;
        if (taken != Offer::PassedOver) break;
    }
    return result;
}

/// Those whom the time suits, each with the span that does.
std::vector<WaitlistCandidateRow> PromoteWaitlist::suitable(const FreedSlot& slot) const {
    const auto date = clinic_.zone.toLocal(slot.span.begin).date;
    const auto duration = std::chrono::floor<base::Minutes>(slot.span.end - slot.span.begin);
    auto rows =
        waitlist_.candidates(slot.doctor, date, domain::waitlistHorizon(clinic_.waitlist, clinic_.zone, slot.now));
    for (auto& row : rows)
        row.candidate.accepts = domain::acceptedSpan(date, row.candidate.prefers, duration, clinic_.zone);
    std::erase_if(rows, [&](const auto& row) { return !row.candidate.accepts.contains(slot.span); });
    return rows;
}

PromoteWaitlist::Offer PromoteWaitlist::offer(const FreedSlot& slot, const RankedCandidate& candidate,
                                              base::PatientId patient) const {
    const auto now = clock_.now();
    const auto appointment = appointmentOf(slot, patient);
    const BookingCheck booking{policies_, clinic_, now, appointment};
    const auto date = clinic_.zone.toLocal(appointment.start).date;
    const PromotionWanted wanted{
        candidate.id, appointment, date, clinic_.zone.day(date),
        domain::jobsForNewTime(domain::JobKind::PromotionNotice, now, appointment.start, clinic_.leads)};

    auto outcome = Offer::Closed; // also where the doctor is gone, and nothing is asked
    const auto made = waitlist_.promote(
        wanted,
        [&](const PromotionSnapshot& snapshot) {
            const bool open = now < appointment.start && booking.isOpen(snapshot.booking);
            const bool suits = snapshot.stillWaiting && !snapshot.patientBusy;
            outcome = open ? Offer::PassedOver : Offer::Closed;
            return open && suits;
        },
        now);
    if (!made) return outcome;
    base::log::info("a freed time was given to the waitlist", {{"entry", candidate.id.value},
                                                               {"appointment", made->id.value},
                                                               {"doctor", slot.doctor.value},
                                                               {"reason", candidate.reason}});
    updateQueue(queue_, {}, made->jobs);
    return Offer::Taken;
}

} // namespace rota::app
