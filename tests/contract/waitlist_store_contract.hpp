#pragma once

#include "contract/stores_under_test.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace rota::testing {

/// What every WaitlistStore promises. Include once in a program and instantiate.
class WaitlistStoreContract : public StoresContract {
protected:
    base::PatientId another(const std::string& name) {
        auto patient = samplePatient();
        patient.name = name;
        return stores_->patients().findOrCreate(patient, kNow).patient.id;
    }

    domain::WaitlistEntry entry(base::PatientId patient, base::Date date = kTuesday,
                                base::Instant createdAt = kNow) const {
        return {{}, doctor_, patient, date, domain::PreferredRange::Any, 0, createdAt};
    }

    std::optional<base::WaitlistId> add(const domain::WaitlistEntry& wanted, int most = 100) {
        return stores_->waitlist().add(wanted, kHorizon, [most](const app::PatientsEntries& entries) {
            return entries.waiting < most && !entries.sameDay;
        });
    }

    app::PromotionWanted promotion(base::WaitlistId id, base::PatientId patient, base::Instant start) const {
        auto appointment = wanted(start);
        appointment.patient = patient;
        return {id, appointment, kTuesday, kDay, usualJobs(start)};
    }

    static std::vector<base::WaitlistId> idsOf(const std::vector<app::WaitlistDetails>& list) {
        std::vector<base::WaitlistId> ids;
        for (const auto& details : list)
            ids.push_back(details.entry.id);
        return ids;
    }

    static bool yes(const app::PromotionSnapshot&) { return true; }

    static inline const domain::WaitlistHorizon kHorizon{kZone.toLocal(kNow).date, kNow - std::chrono::days{30}};
};

TEST_P(WaitlistStoreContract, KeepsWhatWasAdded) {
    auto wish = entry(patient_);
    wish.prefers = domain::PreferredRange::Morning;
    wish.priority = 7;
    const auto id = add(wish);
    ASSERT_TRUE(id);
    for (const auto& list :
         {stores_->waitlist().ofDoctor(doctor_, kHorizon), stores_->waitlist().ofPatient(patient_, kHorizon)}) {
        ASSERT_EQ(list.size(), 1u);
        EXPECT_EQ(list[0].entry.id, *id);
        EXPECT_EQ(list[0].entry.doctor, doctor_);
        EXPECT_EQ(list[0].entry.patient, patient_);
        EXPECT_EQ(list[0].entry.desiredDate, kTuesday);
        EXPECT_EQ(list[0].entry.prefers, domain::PreferredRange::Morning);
        EXPECT_EQ(list[0].entry.priority, 7);
        EXPECT_EQ(list[0].entry.createdAt, kNow);
        EXPECT_EQ(list[0].doctorName, "Dr. Ada Quill");
        EXPECT_EQ(list[0].specialty, "Cardiology");
        EXPECT_EQ(list[0].patientName, samplePatient().name);
    }
    EXPECT_FALSE(add(entry({999'999})));
}

TEST_P(WaitlistStoreContract, TellsWhatThePatientWaitsFor) {
    ASSERT_TRUE(add(entry(patient_)));
    ASSERT_TRUE(add(entry(patient_, base::addDays(kTuesday, 1))));
    ASSERT_TRUE(add(entry(another("Kim"), base::addDays(kTuesday, 2))));
    std::vector<std::pair<int, bool>> seen;
    const auto look = [&](const app::PatientsEntries& entries) {
        seen.emplace_back(entries.waiting, entries.sameDay);
        return false;
    };
    EXPECT_FALSE(stores_->waitlist().add(entry(patient_, base::addDays(kTuesday, 2)), kHorizon, look));
    EXPECT_FALSE(stores_->waitlist().add(entry(patient_), kHorizon, look));
    EXPECT_EQ(seen, (std::vector{std::pair{2, false}, {2, true}}));
}

TEST_P(WaitlistStoreContract, EntriesBeyondTheHorizonCountNoMore) {
    const auto old = kNow - std::chrono::days{30} - std::chrono::milliseconds{1};
    ASSERT_TRUE(add(entry(patient_, kTuesday, old)));
    ASSERT_TRUE(add(entry(patient_, base::addDays(kHorizon.today, -1))));
    EXPECT_TRUE(stores_->waitlist().ofDoctor(doctor_, kHorizon).empty());
    EXPECT_TRUE(stores_->waitlist().ofPatient(patient_, kHorizon).empty());
    EXPECT_TRUE(stores_->waitlist().candidates(doctor_, kTuesday, kHorizon).empty());
    EXPECT_TRUE(add(entry(patient_), 1)) << "neither to the limit nor as the same day";
}

TEST_P(WaitlistStoreContract, ExpiresByAgeAndByDay) {
    const auto kept = add(entry(patient_, kHorizon.today, kHorizon.madeSince));
    ASSERT_TRUE(add(entry(another("Kim"), kTuesday, kHorizon.madeSince - std::chrono::milliseconds{1})));
    ASSERT_TRUE(add(entry(another("Lee"), base::addDays(kHorizon.today, -1))));
    EXPECT_EQ(stores_->waitlist().expire(kHorizon), 2u);
    EXPECT_EQ(stores_->waitlist().expire(kHorizon), 0u);
    EXPECT_EQ(idsOf(stores_->waitlist().ofDoctor(doctor_, {base::addDays(kTuesday, -99), base::Instant{}})),
              (std::vector{*kept}));
}

TEST_P(WaitlistStoreContract, ListsOldestFirstAndThePatientsByDay) {
    const auto late = add(entry(patient_, kTuesday, kNow + std::chrono::seconds{2}));
    const auto early = add(entry(another("Kim"), base::addDays(kTuesday, 7), kNow));
    const auto middle = add(entry(patient_, base::addDays(kTuesday, -1), kNow + std::chrono::seconds{1}));
    EXPECT_EQ(idsOf(stores_->waitlist().ofDoctor(doctor_, kHorizon)), (std::vector{*early, *middle, *late}));
    EXPECT_EQ(idsOf(stores_->waitlist().ofPatient(patient_, kHorizon)), (std::vector{*middle, *late}));
    const auto candidates = stores_->waitlist().candidates(doctor_, kTuesday, kHorizon);
    ASSERT_EQ(candidates.size(), 1u);
    EXPECT_EQ(candidates[0].candidate.id, *late);
    EXPECT_EQ(candidates[0].patient, patient_);
    EXPECT_EQ(candidates[0].candidate.joined, kNow + std::chrono::seconds{2});
}

TEST_P(WaitlistStoreContract, FindsWhateverBecameOfAnEntry) {
    const auto statusOf = [this](base::WaitlistId id) {
        const auto found = stores_->waitlist().find(id, kHorizon);
        return found ? found->status : "unknown";
    };
    const auto id = *add(entry(patient_));
    const auto found = stores_->waitlist().find(id, kHorizon);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->entry.id, id);
    EXPECT_EQ(found->entry.desiredDate, kTuesday);
    EXPECT_EQ(found->doctorName, "Dr. Ada Quill");
    EXPECT_EQ(found->patientName, samplePatient().name);
    EXPECT_EQ(found->status, "waiting");
    ASSERT_TRUE(stores_->waitlist().promote(promotion(id, patient_, at(9)), yes, kNow));
    EXPECT_EQ(statusOf(id), "promoted");

    const auto past = *add(entry(another("Kim"), base::addDays(kHorizon.today, -1)));
    EXPECT_EQ(statusOf(past), "expired") << "though nobody has marked it yet";
    stores_->waitlist().expire(kHorizon);
    EXPECT_EQ(statusOf(past), "expired");
    EXPECT_EQ(statusOf({999'999}), "unknown");
}

TEST_P(WaitlistStoreContract, RemovesWhatWaits) {
    using Removed = app::WaitlistStore::Removed;
    const auto id = *add(entry(patient_));
    EXPECT_EQ(stores_->waitlist().remove(id), Removed::Yes);
    EXPECT_EQ(stores_->waitlist().remove(id), Removed::Unknown);
    EXPECT_TRUE(add(entry(patient_))) << "one may wait again";

    const auto promoted = *add(entry(another("Kim")));
    ASSERT_TRUE(stores_->waitlist().promote(promotion(promoted, another("Kim"), at(9)), yes, kNow));
    EXPECT_EQ(stores_->waitlist().remove(promoted), Removed::NotWaiting);
}

TEST_P(WaitlistStoreContract, PromotesOnceAndWithItsJobs) {
    const auto id = *add(entry(patient_));
    const auto version = snapshot(wanted(at(16)))->calendarVersion;
    std::vector<std::pair<bool, bool>> seen;
    const auto look = [&](const app::PromotionSnapshot& found) {
        seen.emplace_back(found.stillWaiting, found.patientBusy);
        EXPECT_TRUE(found.booking.doctorActive);
        EXPECT_EQ(found.booking.day.hours.size(), 2u);
        return found.stillWaiting;
    };
    const auto made = stores_->waitlist().promote(promotion(id, patient_, at(9)), look, kNow);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->jobs.size(), usualJobs(at(9)).size());
    EXPECT_EQ(stores_->jobState(made->jobs[0].id), "scheduled");
    const auto booked = stores_->appointments().find(made->id)->appointment;
    EXPECT_EQ(booked.start, at(9));
    EXPECT_EQ(booked.patient, patient_);
    EXPECT_GT(snapshot(wanted(at(16)))->calendarVersion, version);
    EXPECT_TRUE(stores_->waitlist().ofDoctor(doctor_, kHorizon).empty());

    EXPECT_FALSE(stores_->waitlist().promote(promotion(id, patient_, at(9, 15)), look, kNow));
    EXPECT_EQ(seen, (std::vector{std::pair{true, false}, {false, true}}));
    EXPECT_EQ(snapshot(wanted(at(9, 30)))->clashes, 0);
}

TEST_P(WaitlistStoreContract, PromotesNobodyWhoWaitsNoMoreWhateverIsDecided) {
    const auto id = *add(entry(patient_));
    stores_->waitlist().remove(id);
    EXPECT_FALSE(stores_->waitlist().promote(promotion(id, patient_, at(9)), yes, kNow));
    EXPECT_EQ(snapshot(wanted(at(9)))->clashes, 0) << "no appointment is left behind";
}

TEST_P(WaitlistStoreContract, PromotesNobodyIntoATakenTime) {
    book(wanted(at(9)));
    const auto kim = another("Kim");
    const auto id = *add(entry(kim));
    EXPECT_FALSE(stores_->waitlist().promote(promotion(id, kim, at(9, 15)), yes, kNow));
    EXPECT_EQ(idsOf(stores_->waitlist().ofDoctor(doctor_, kHorizon)), (std::vector{id})) << "it goes on waiting";
}

TEST_P(WaitlistStoreContract, CountsPromotionsThatWereCancelledAgain) {
    const auto first = *add(entry(patient_));
    const auto made = stores_->waitlist().promote(promotion(first, patient_, at(9)), yes, kNow);
    stores_->appointments().cancel(made->id, always(false), kNow);
    ASSERT_TRUE(add(entry(patient_)));
    EXPECT_EQ(stores_->waitlist().candidates(doctor_, kTuesday, kHorizon).at(0).candidate.cancelledPromotions, 1);
}

TEST_P(WaitlistStoreContract, TheLimitHoldsForManyAtOnce) {
    constexpr int kThreads = 20;
    std::atomic<int> added{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i)
        threads.emplace_back([&, i] {
            if (add(entry(patient_, base::addDays(kTuesday, i)), 3)) ++added;
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(added, 3);
    EXPECT_EQ(stores_->waitlist().ofPatient(patient_, kHorizon).size(), 3u);
}

} // namespace rota::testing
