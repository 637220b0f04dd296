#pragma once

#include "app/ports/appointment_store.hpp"
#include "app/ports/delivery_store.hpp"
#include "app/ports/doctor_store.hpp"
#include "app/ports/job_store.hpp"
#include "app/ports/patient_store.hpp"
#include "app/ports/provider_event_store.hpp"
#include "app/ports/reply_store.hpp"
#include "app/ports/schedule_store.hpp"
#include "app/ports/suppression_store.hpp"
#include "app/ports/waitlist_store.hpp"
#include "base/zone.hpp"
#include "support/example_times.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace rota::testing {

/// An empty clinic in one kind of storage, and what a test must put in or look at that no port offers.
class StoresUnderTest {
public:
    virtual ~StoresUnderTest() = default;

    virtual app::AppointmentStore& appointments() = 0;
    virtual app::DoctorStore& doctors() = 0;
    virtual app::PatientStore& patients() = 0;
    virtual app::JobStore& jobs() = 0;
    virtual app::WaitlistStore& waitlist() = 0;
    virtual app::DeliveryStore& deliveries() = 0;
    virtual app::SuppressionStore& suppressions() = 0;
    virtual app::ProviderEventStore& providerEvents() = 0;
    virtual app::ReplyStore& replies() = 0;
    virtual app::ScheduleStore& schedules() = 0;

    /// The id is given by the storage.
    virtual base::DoctorId addDoctor(const domain::Doctor& doctor) = 0;
    /// Both raise the doctor's calendar version.
    virtual void setHours(base::DoctorId doctor, unsigned dayOfWeek, const std::vector<domain::HoursRange>& hours) = 0;
    virtual void addTimeOff(base::DoctorId doctor, base::Date first, base::Date last) = 0;

    /// As the `jobs` table writes it: "scheduled", "running", …
    virtual std::string jobState(base::JobId job) = 0;
    virtual base::Instant jobFinishedAt(base::JobId job) = 0;
    virtual int deliveries(base::JobId job) = 0;
    /// As if nothing had been reported of a sent message.
    virtual void forgetReports(base::JobId job) = 0;
    virtual std::optional<base::Instant> reminderSentAt(base::AppointmentId appointment, domain::JobKind kind) = 0;
};

/// Makes an empty clinic for each test. A suite is instantiated with one for each kind of storage:
/// INSTANTIATE_TEST_SUITE_P(InMemory, AppointmentStoreContract, ::testing::Values(StoresFactory{"fake", makeThem}));
struct StoresFactory {
    std::string name;
    std::function<std::unique_ptr<StoresUnderTest>()> make;

    friend void PrintTo(const StoresFactory& factory, std::ostream* out) { *out << factory.name; }
};

/// A clinic in New York with a doctor who works 9:00 to 12:00 and 13:00 to 17:00 on Tuesdays, and a patient.
class StoresContract : public ::testing::TestWithParam<StoresFactory> {
protected:
    StoresContract() : stores_(GetParam().make()) {
        domain::Doctor doctor;
        doctor.name = "Dr. Ada Quill";
        doctor.specialty = "Cardiology";
        doctor.bio = "Reads hearts.";
        doctor.photoUrl = "/photos/quill.svg";
        doctor.yearsOfExperience = 12;
        doctor_ = stores_->addDoctor(doctor);
        stores_->setHours(doctor_, 2, {kMorning, kAfternoon});
        patient_ = stores_->patients().findOrCreate(samplePatient(), kNow).patient.id;
    }

    static domain::Patient samplePatient() {
        domain::Patient patient;
        patient.name = "Zoë Núñez";
        patient.email = "zoe@example.org";
        patient.phone = "555-010-0199";
        patient.dateOfBirth = base::Date{std::chrono::year{1984}, std::chrono::February, std::chrono::day{29}};
        return patient;
    }

    /// A moment of the Tuesday.
    static base::Instant at(int hour, int minute = 0) {
        return kDay.begin + std::chrono::hours{hour} + base::Minutes{minute};
    }

    app::NewAppointment wanted(base::Instant start, int minutes = 30) const {
        return {doctor_, patient_, start, base::Minutes{minutes}, domain::VisitType::Standard};
    }

    static base::Interval spanOf(const app::NewAppointment& appointment) {
        return {appointment.start, appointment.start + appointment.duration};
    }

    static std::vector<domain::PlannedJob> usualJobs(base::Instant start) {
        return domain::jobsForBooking(kNow, start, {});
    }

    std::optional<app::BookingSnapshot> snapshot(const app::NewAppointment& appointment) {
        std::optional<app::BookingSnapshot> found;
        stores_->appointments().withCalendar([&](app::BookingCalendar& calendar) {
            found = calendar.read(appointment.doctor, appointment.patient, kTuesday, kDay, spanOf(appointment));
        });
        return found;
    }

    app::BookingWrite write(const app::NewAppointment& appointment, std::int64_t version) {
        app::BookingWrite written;
        stores_->appointments().withCalendar([&](app::BookingCalendar& calendar) {
            written = calendar.write(appointment, usualJobs(appointment.start), version, kNow);
        });
        return written;
    }

    /// Books whatever the rules say.
    app::BookingMade book(const app::NewAppointment& appointment) {
        return std::get<app::BookingMade>(write(appointment, snapshot(appointment)->calendarVersion));
    }

    app::AppointmentStore::DecideCancellation always(bool fee) const {
        return [fee](const domain::Appointment&) {
            return app::AppointmentStore::CancellationDecision{.cancel = true, .feeApplied = fee, .newJobs = {}};
        };
    }

    static inline const base::Interval kDay = kZone.day(kTuesday);
    /// A week before.
    static inline const base::Instant kNow = kDay.begin - std::chrono::days{7};
    static constexpr domain::HoursRange kMorning{std::chrono::hours{9}, std::chrono::hours{12}};
    static constexpr domain::HoursRange kAfternoon{std::chrono::hours{13}, std::chrono::hours{17}};

    std::unique_ptr<StoresUnderTest> stores_;
    base::DoctorId doctor_;
    base::PatientId patient_;
};

inline std::string storesName(const ::testing::TestParamInfo<StoresFactory>& info) {
    return info.param.name;
}

} // namespace rota::testing
