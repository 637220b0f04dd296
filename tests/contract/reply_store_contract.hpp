#pragma once

#include "base/limits.hpp"
#include "contract/stores_under_test.hpp"

#include <algorithm>
#include <vector>

namespace rota::testing {

/// What every ReplyStore promises. Ann and Ben share a phone, Cem has one of his own. Include once in a program and
/// instantiate.
class ReplyStoreContract : public StoresContract {
protected:
    base::PatientId person(const std::string& name, const std::string& phone) {
        auto patient = samplePatient();
        patient.name = name;
        patient.phone = phone;
        return stores_->patients().findOrCreate(patient, kNow).patient.id;
    }

    base::AppointmentId booked(base::PatientId patient, base::Instant start) {
        auto appointment = wanted(start);
        appointment.patient = patient;
        const auto made = book(appointment);
        sms_ = *std::ranges::max_element(made.jobs, {}, &app::QueuedJob::runAt);
        return made.id;
    }

    base::AppointmentId reminded(base::PatientId patient, base::Instant start, base::Instant remindedAt) {
        const auto id = booked(patient, start);
        const auto claim = stores_->jobs().claim(std::vector{sms_.id}, sms_.runAt, sms_.runAt + kLease);
        app::JobResult result;
        result.id = sms_.id;
        result.leaseToken = claim.claimed.at(0).leaseToken;
        result.attempt = 1;
        result.outcome = app::JobOutcome::Sent;
        result.startedAt = result.finishedAt = remindedAt;
        result.channel = "main";
        stores_->jobs().finish(std::vector{result});
        return id;
    }

    /// "Ann unclear_reply_notice", …
    std::vector<std::string> told(const std::vector<app::QueuedJob>& jobs) {
        std::vector<std::string> told;
        for (const auto& job : jobs)
            for (const auto& claimed :
                 stores_->jobs().claim(std::vector{job.id}, job.runAt, job.runAt + kLease).claimed)
                told.push_back(claimed.patientName + " " + std::string(domain::toString(claimed.kind)));
        std::ranges::sort(told);
        return told;
    }

    std::vector<app::QueuedJob> announce(const std::string& phone, const std::string& text, bool clinicToo = true) {
        return stores_->replies().announceUnclear(phone, text, clinicToo, kMorningOf);
    }

    static constexpr base::Milliseconds kLease = std::chrono::seconds{30};
    static inline const base::Instant kMorningOf = at(8);
    const std::string shared_ = "212-555-0101";
    const std::string own_ = "212-555-0102";
    const base::PatientId ann_ = person("Ann", shared_);
    const base::PatientId ben_ = person("Ben", shared_);
    const base::PatientId cem_ = person("Cem", own_);
    app::QueuedJob sms_;
};

TEST_P(ReplyStoreContract, KnowsWhichAppointmentsTheRemindersOfAPhoneSpokeOf) {
    const auto first = reminded(ann_, at(10), at(7, 30));
    const auto second = reminded(ben_, at(11), at(7, 50));
    booked(ann_, at(12));              // not reminded of yet
    reminded(ann_, kMorningOf, at(6)); // it has begun
    const auto givenUp = reminded(ann_, at(13), at(7, 40));
    stores_->appointments().cancel(givenUp, always(false), kMorningOf);
    const auto other = reminded(cem_, at(14), at(7, 55));
    EXPECT_EQ(stores_->replies().reminded(shared_, kMorningOf), (std::vector{second, first}));
    EXPECT_EQ(stores_->replies().reminded(own_, kMorningOf), std::vector{other});
    EXPECT_TRUE(stores_->replies().reminded("212-555-0103", kMorningOf).empty());
}

TEST_P(ReplyStoreContract, TellsEverybodyOfThePhoneOnce) {
    reminded(ann_, at(10), at(7, 30));
    reminded(ben_, at(5), at(3)); // over, and all the same it may be meant
    reminded(cem_, at(11), at(7, 55));
    const auto made = announce(shared_, "SM1");
    ASSERT_EQ(made.size(), 4u);
    EXPECT_EQ(made[0].runAt, kMorningOf);
    EXPECT_TRUE(announce(shared_, "SM1").empty());
    EXPECT_EQ(told(made), (std::vector<std::string>{"Ann unclear_reply_alert", "Ann unclear_reply_notice",
                                                    "Ben unclear_reply_alert", "Ben unclear_reply_notice"}));
    EXPECT_EQ(told(announce(shared_, "SM2", false)),
              (std::vector<std::string>{"Ann unclear_reply_notice", "Ben unclear_reply_notice"}));
}

TEST_P(ReplyStoreContract, WhatWasNotToldInADayIsNotToldAnyMore) {
    reminded(ann_, at(10), at(7, 30));
    const auto made = announce(shared_, "SM1", false).at(0);
    const auto end = kMorningOf + base::limits::kUnclearReplyKept;
    EXPECT_EQ(stores_->jobs().claim(std::vector{made.id}, end, end + kLease).gone, std::vector{made.id});
}

TEST_P(ReplyStoreContract, AStrangerIsToldNothing) {
    booked(ann_, at(10));
    EXPECT_TRUE(announce(shared_, "SM1").empty()) << "who never got a reminder by SMS cannot have answered one";
    EXPECT_TRUE(announce("212-555-0103", "SM1").empty());
}

TEST_P(ReplyStoreContract, APhoneThatMorePatientsShareThanAFamilyHasIsNoReasonForAFlood) {
    for (int i = 0; i < base::limits::kUnclearReplyMails + 2; ++i)
        reminded(person("Cousin " + std::to_string(i), shared_), at(9) + i * base::Minutes{30}, at(7));
    EXPECT_EQ(announce(shared_, "SM1").size(), static_cast<std::size_t>(base::limits::kUnclearReplyMails));
}

} // namespace rota::testing
