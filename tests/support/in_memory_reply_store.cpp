#include "support/in_memory_reply_store.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace rota::testing {
namespace {

using Tables = InMemoryTables;
using domain::JobKind;

/// When the SMS reminder of that appointment went to that phone; none where it did not.
std::optional<base::Instant> remindedAt(const Tables& tables, const Tables::AppointmentRow& row,
                                        const std::string& phone) {
    const auto sent = row.reminderSentAt.find(JobKind::SmsReminder);
    const bool hers = tables.patients.at(row.appointment.patient).phone == phone;
    return hers && sent != row.reminderSentAt.end() ? std::optional{sent->second} : std::nullopt;
}

std::set<base::PatientId> everReminded(const Tables& tables, const std::string& phone) {
    std::set<base::PatientId> patients;
    for (const auto& [id, row] : tables.appointments)
        if (remindedAt(tables, row, phone)) patients.insert(row.appointment.patient);
    return patients;
}

} // namespace

std::vector<base::AppointmentId> InMemoryReplyStore::reminded(const std::string& phone, base::Instant now) {
    return database_.transaction([&](Tables& tables) {
        std::vector<std::pair<base::Instant, base::AppointmentId>> found;
        for (const auto& [id, row] : tables.appointments)
            if (const auto sent = remindedAt(tables, row, phone);
                sent && row.appointment.status == domain::AppointmentStatus::Scheduled && row.appointment.start > now)
                found.emplace_back(*sent, id);
        std::ranges::stable_sort(found, std::greater{}, [](const auto& entry) { return entry.first; });
        std::vector<base::AppointmentId> ids;
        for (const auto& [sent, id] : found)
            ids.push_back(id);
        return ids;
    });
}

std::vector<app::QueuedJob> InMemoryReplyStore::announceUnclear(const std::string& phone, const std::string& text,
                                                                bool clinicToo, base::Instant now) {
    return database_.transaction([&](Tables& tables) {
        std::vector<Tables::JobRow> wanted;
        for (const auto patient : everReminded(tables, phone))
            for (const auto kind : {JobKind::UnclearReplyAlert, JobKind::UnclearReplyNotice}) {
                if (kind == JobKind::UnclearReplyAlert && !clinicToo) continue;
                Tables::JobRow row;
                row.kind = kind;
                row.patient = patient;
                row.dedupeKey = std::string(domain::toString(kind)) + ":" + std::to_string(patient.value) + ":" + text;
                row.runAt = now;
                row.notAfter = now + base::limits::kUnclearReplyKept;
                wanted.push_back(row);
            }
        wanted.resize(std::min<std::size_t>(wanted.size(), base::limits::kUnclearReplyMails));
        std::vector<app::QueuedJob> made;
        for (auto& row : wanted) {
            const auto same = [&](const auto& entry) { return entry.second.dedupeKey == row.dedupeKey; };
            if (std::ranges::any_of(tables.jobs, same)) continue;
            row.id = {++tables.lastId};
            tables.jobs[row.id] = row;
            made.push_back({row.id, row.runAt});
        }
        return made;
    });
}

} // namespace rota::testing
