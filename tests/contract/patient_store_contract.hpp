#pragma once

#include "contract/stores_under_test.hpp"

#include <atomic>
#include <set>
#include <thread>

namespace rota::testing {

/// What every PatientStore promises. Include once in a program and instantiate.
class PatientStoreContract : public StoresContract {};

TEST_P(PatientStoreContract, FindsWhatWasCreated) {
    const auto patient = stores_->patients().find(patient_);
    ASSERT_TRUE(patient);
    EXPECT_EQ(patient->id, patient_);
    EXPECT_EQ(patient->name, "Zoë Núñez");
    EXPECT_EQ(patient->email, "zoe@example.org");
    EXPECT_EQ(patient->phone, "555-010-0199");
    EXPECT_EQ(patient->dateOfBirth, samplePatient().dateOfBirth);
    EXPECT_FALSE(stores_->patients().find({999'999}));
}

TEST_P(PatientStoreContract, SamePersonIsFoundUnchanged) {
    auto again = samplePatient();
    again.name = "  ZOE   nunez ";
    again.email = "Zoe@Example.ORG";
    again.phone = "555-010-0000";
    const auto registered = stores_->patients().findOrCreate(again, kNow);
    EXPECT_FALSE(registered.created);
    EXPECT_EQ(registered.patient.id, patient_);
    EXPECT_EQ(registered.patient.name, "Zoë Núñez");
    EXPECT_EQ(registered.patient.phone, "555-010-0199") << "a booking overwrites nothing";
}

TEST_P(PatientStoreContract, AnotherNameBirthdayOrAddressIsSomebodyElse) {
    auto twin = samplePatient();
    twin.name = "Max Núñez";
    auto mother = samplePatient();
    mother.dateOfBirth = base::Date{std::chrono::year{1955}, std::chrono::May, std::chrono::day{1}};
    auto namesake = samplePatient();
    namesake.email = "other@example.org";
    std::set<base::PatientId> ids{patient_};
    for (const auto& person : {twin, mother, namesake}) {
        const auto registered = stores_->patients().findOrCreate(person, kNow);
        EXPECT_TRUE(registered.created);
        ids.insert(registered.patient.id);
    }
    EXPECT_EQ(ids.size(), 4u);
}

TEST_P(PatientStoreContract, PreferencesAreKeptAndChangedOneByOne) {
    EXPECT_EQ(stores_->patients().find(patient_)->preferences, domain::Preferences{});
    auto person = samplePatient();
    person.name = "Kim Newcomer";
    person.preferences = {false, true, domain::Language::Spanish};
    const auto made = stores_->patients().findOrCreate(person, kNow).patient;
    EXPECT_EQ(made.preferences, person.preferences);
    person.preferences = {};
    EXPECT_EQ(stores_->patients().findOrCreate(person, kNow).patient.preferences, made.preferences)
        << "a booking overwrites nothing";

    EXPECT_EQ(stores_->patients().change(made.id, {})->preferences, made.preferences);
    const auto changed = stores_->patients().change(made.id, {.email = true, .sms = {}, .language = {}});
    EXPECT_EQ(changed->preferences, (domain::Preferences{true, true, domain::Language::Spanish}));
    EXPECT_EQ(changed->name, "Kim Newcomer");
    stores_->patients().change(made.id, {.email = {}, .sms = false, .language = domain::Language::English});
    EXPECT_EQ(stores_->patients().find(made.id)->preferences,
              (domain::Preferences{true, false, domain::Language::English}));
    EXPECT_FALSE(stores_->patients().change({999'999}, {}));
}

TEST_P(PatientStoreContract, ManyAtOnceMakeOneRow) {
    auto person = samplePatient();
    person.name = "Kim Newcomer";
    constexpr int kThreads = 8;
    std::atomic<int> created{0};
    std::vector<base::PatientId> ids(kThreads);
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i)
        threads.emplace_back([&, i] {
            const auto registered = stores_->patients().findOrCreate(person, kNow);
            ids[static_cast<std::size_t>(i)] = registered.patient.id;
            if (registered.created) ++created;
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(created, 1);
    EXPECT_EQ(std::set<base::PatientId>(ids.begin(), ids.end()).size(), 1u);
}

} // namespace rota::testing
