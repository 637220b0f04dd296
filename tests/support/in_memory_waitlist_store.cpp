#include "support/in_memory_waitlist_store.hpp"

#include "support/in_memory_appointment_store.hpp"

#include <algorithm>
#include <tuple>

namespace rota::testing {
namespace {

using Tables = InMemoryTables;
using Row = InMemoryTables::WaitlistRow;

bool within(const domain::WaitlistEntry& entry, const domain::WaitlistHorizon& horizon) {
    return entry.desiredDate >= horizon.today && entry.createdAt >= horizon.madeSince;
}

template <class Wanted>
std::vector<domain::WaitlistEntry> waiting(const Tables& tables, const domain::WaitlistHorizon& horizon,
                                           Wanted wanted) {
    std::vector<domain::WaitlistEntry> entries;
    for (const auto& [id, row] : tables.waitlist)
        if (row.status == "waiting" && within(row.entry, horizon) && wanted(row.entry)) entries.push_back(row.entry);
    std::ranges::sort(entries, [](const auto& a, const auto& b) {
        return std::tie(a.createdAt, a.id) < std::tie(b.createdAt, b.id);
    });
    return entries;
}

std::vector<app::WaitlistDetails> detailed(const Tables& tables, const std::vector<domain::WaitlistEntry>& entries) {
    std::vector<app::WaitlistDetails> list;
    for (const auto& entry : entries) {
        const auto& doctor = tables.doctors.at(entry.doctor).doctor;
        list.push_back({entry, doctor.name, doctor.specialty, tables.patients.at(entry.patient).name, "waiting"});
    }
    return list;
}

int cancelledPromotions(const Tables& tables, base::PatientId patient) {
    return static_cast<int>(std::ranges::count_if(tables.waitlist, [&](const auto& item) {
        const Row& row = item.second;
        return row.entry.patient == patient && row.appointment &&
               tables.appointments.at(*row.appointment).appointment.status == domain::AppointmentStatus::Cancelled;
    }));
}

bool busy(const Tables& tables, base::PatientId patient, base::Interval span) {
    return std::ranges::any_of(tables.appointments, [&](const auto& item) {
        const auto& standing = item.second.appointment;
        return standing.patient == patient && standing.status != domain::AppointmentStatus::Cancelled &&
               standing.span().overlaps(span);
    });
}

template <class Chosen>
std::size_t expireWhere(Tables& tables, const domain::WaitlistHorizon& horizon, Chosen chosen) {
    std::size_t ended = 0;
    for (auto& [id, row] : tables.waitlist) {
        if (row.status != "waiting" || within(row.entry, horizon) || !chosen(row.entry)) continue;
        row.status = "expired";
        ++ended;
    }
    return ended;
}

} // namespace

std::optional<base::WaitlistId>
InMemoryWaitlistStore::add(const domain::WaitlistEntry& entry, const domain::WaitlistHorizon& horizon,
                           const std::function<bool(const app::PatientsEntries&)>& decide) {
    return database_.transaction([&](Tables& tables) -> std::optional<base::WaitlistId> {
        if (!tables.patients.contains(entry.patient)) return std::nullopt;
        const auto before = tables.waitlist;
        expireWhere(tables, horizon, [&](const auto& other) { return other.patient == entry.patient; });
        app::PatientsEntries facts;
        for (const auto& other :
             waiting(tables, horizon, [&](const auto& item) { return item.patient == entry.patient; })) {
            ++facts.waiting;
            facts.sameDay |= other.doctor == entry.doctor && other.desiredDate == entry.desiredDate;
        }
        if (!decide(facts)) {
            tables.waitlist = before;
            return std::nullopt;
        }
        Row row{entry, "waiting", std::nullopt};
        row.entry.id = {++tables.lastId};
        tables.waitlist[row.entry.id] = row;
        return row.entry.id;
    });
}

std::vector<app::WaitlistDetails> InMemoryWaitlistStore::ofDoctor(base::DoctorId doctor,
                                                                  const domain::WaitlistHorizon& horizon) {
    return database_.transaction([&](Tables& tables) {
        return detailed(tables, waiting(tables, horizon, [&](const auto& entry) { return entry.doctor == doctor; }));
    });
}

std::vector<app::WaitlistDetails> InMemoryWaitlistStore::ofPatient(base::PatientId patient,
                                                                   const domain::WaitlistHorizon& horizon) {
    return database_.transaction([&](Tables& tables) {
        auto entries = waiting(tables, horizon, [&](const auto& entry) { return entry.patient == patient; });
        std::ranges::sort(entries, [](const auto& a, const auto& b) {
            return std::tie(a.desiredDate, a.id) < std::tie(b.desiredDate, b.id);
        });
        return detailed(tables, entries);
    });
}

std::optional<app::WaitlistDetails> InMemoryWaitlistStore::find(base::WaitlistId id,
                                                                const domain::WaitlistHorizon& horizon) {
    return database_.transaction([&](Tables& tables) -> std::optional<app::WaitlistDetails> {
        const auto row = tables.waitlist.find(id);
        if (row == tables.waitlist.end()) return std::nullopt;
        auto found = detailed(tables, {row->second.entry}).front();
        const bool ended = row->second.status == "waiting" && !within(row->second.entry, horizon);
        found.status = ended ? "expired" : row->second.status;
        return found;
    });
}

app::WaitlistStore::Removed InMemoryWaitlistStore::remove(base::WaitlistId id) {
    return database_.transaction([&](Tables& tables) {
        const auto row = tables.waitlist.find(id);
        if (row == tables.waitlist.end()) return Removed::Unknown;
        if (row->second.status != "waiting") return Removed::NotWaiting;
        tables.waitlist.erase(row);
        return Removed::Yes;
    });
}

std::vector<app::WaitlistCandidateRow> InMemoryWaitlistStore::candidates(base::DoctorId doctor, base::Date date,
                                                                         const domain::WaitlistHorizon& horizon) {
    return database_.transaction([&](Tables& tables) {
        std::vector<app::WaitlistCandidateRow> rows;
        for (const auto& entry : waiting(tables, horizon, [&](const auto& item) {
                 return item.doctor == doctor && item.desiredDate == date;
             })) {
            app::WaitlistCandidateRow row;
            row.candidate.id = entry.id;
            row.candidate.joined = entry.createdAt;
            row.candidate.priority = entry.priority;
            row.candidate.prefers = entry.prefers;
            row.candidate.cancelledPromotions = cancelledPromotions(tables, entry.patient);
            row.patient = entry.patient;
            rows.push_back(row);
        }
        return rows;
    });
}

std::optional<app::BookingMade>
InMemoryWaitlistStore::promote(const app::PromotionWanted& wanted,
                               const std::function<bool(const app::PromotionSnapshot&)>& decide, base::Instant now) {
    return database_.transaction([&](Tables& tables) -> std::optional<app::BookingMade> {
        const auto& appointment = wanted.appointment;
        const base::Interval span{appointment.start, appointment.start + appointment.duration};
        const auto row = tables.waitlist.find(wanted.entry);
        std::optional<app::BookingMade> result;
        InMemoryAppointmentStore{database_}.withCalendar([&](app::BookingCalendar& calendar) {
            const auto seen = calendar.read(appointment.doctor, appointment.patient, wanted.date, wanted.dayUtc, span);
            const bool stillWaiting = row != tables.waitlist.end() && row->second.status == "waiting";
            if (!seen || !decide({*seen, stillWaiting, busy(tables, appointment.patient, span)}) || !stillWaiting)
                return;
            auto written = calendar.write(appointment, wanted.jobs, seen->calendarVersion, now);
            if (auto* made = std::get_if<app::BookingMade>(&written)) result = std::move(*made);
        });
        if (result) {
            row->second.status = "promoted";
            row->second.appointment = result->id;
        }
        return result;
    });
}

std::size_t InMemoryWaitlistStore::expire(const domain::WaitlistHorizon& horizon) {
    return database_.transaction(
        [&](Tables& tables) { return expireWhere(tables, horizon, [](const auto&) { return true; }); });
}

} // namespace rota::testing
