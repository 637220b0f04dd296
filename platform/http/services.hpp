#pragma once

#include "app/book_appointment.hpp"
#include "app/cancel_appointment.hpp"
#include "app/change_schedule.hpp"
#include "app/clinic.hpp"
#include "app/complete_appointment.hpp"
#include "app/find_availability.hpp"
#include "app/find_free_days.hpp"
#include "app/find_next_available.hpp"
#include "app/join_waitlist.hpp"
#include "app/ports/appointment_store.hpp"
#include "app/ports/doctor_store.hpp"
#include "app/ports/patient_store.hpp"
#include "app/ports/waitlist_store.hpp"
#include "app/receive_callback.hpp"
#include "app/reschedule_appointment.hpp"
#include "base/clock.hpp"
#include "http/router.hpp"

#include <filesystem>
#include <functional>

namespace rota::http {

/// Whether a part of the system works now. Must answer within the base::Deadline; may throw, which counts as no.
using ReadyCheck = std::function<bool()>;

/// What the handlers need. Everything referred to must outlive the router, and be thread-safe.
struct Services {
    app::DoctorStore& doctors;
    app::PatientStore& patients;
    app::AppointmentStore& appointments;
    app::ScheduleStore& schedules;
    app::FindAvailability& findAvailability;
    app::FindFreeDays& findFreeDays;
    app::FindNextAvailable& findNextAvailable;
    app::ChangeSchedule& changeSchedule;
    app::BookAppointment& bookAppointment;
    app::CancelAppointment& cancelAppointment;
    app::RescheduleAppointment& rescheduleAppointment;
    app::CompleteAppointment& completeAppointment;
    app::WaitlistStore& waitlist;
    app::JoinWaitlist& joinWaitlist;
    app::ReceiveCallback& receiveCallback;
    const app::Clinic& clinic;
    const base::Clock& clock;
    ReadyCheck databaseReady;
    ReadyCheck redisReady;
    ReadyCheck pluginsReady;
    std::filesystem::path docsDirectory; ///< of the page at /api/docs; empty for none
};

/// All paths of the public port.
Router makeRouter(const Services& services);

} // namespace rota::http
