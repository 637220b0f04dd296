#pragma once

#include "app/clinic.hpp"
#include "app/ports/channel.hpp"
#include "app/ports/job_store.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace rota::app {

/// The texts of all messages, read from a directory: <kind>.subject.txt, <kind>.txt and <kind>.html for emails,
/// <kind>.txt for SMS, where kind is the job's, such as email_reminder. English ones lie in the directory itself, those
/// of another language in the folder of its name ("es"), complete; where there is no such folder, English serves. What
/// goes to the clinic is always in English. Values are filled in by name: {patient_name}, {doctor_name}, {date},
/// {time}, {day}, {duration}, {clinic_name}, {clinic_address}, {clinic_phone}, {cancellation_policy_url}, {portal_url},
/// {appointment_id}, {late_fee} (a sentence behind a space, or nothing); in HTML they are escaped. Literal braces are
/// doubled. [thread-safe]
class Templates {
public:
    /// A template that is missing, or names a value that is not there: file, name and what is known.
    struct Problem {
        std::string file;
        std::string message;
    };

    /// The kinds of messages, each of which has templates.
    static std::span<const domain::JobKind> kinds();

    /// Reads all; problems are returned, not thrown, so that a check can list every one.
    static Templates load(const std::filesystem::path& directory, std::vector<Problem>& problems);

    Templates();
    ~Templates();
    Templates(Templates&&) noexcept;
    /// From now on messages are rendered from the other's; one that is being rendered is not touched.
    Templates& operator=(Templates&&) noexcept;

    /// The message of a claimed job as of `now`, in the patient's language ({day} is "today" or "tomorrow", else such
    /// as "on Tuesday, March 10, 2026", by the clinic's calendar). Subject, text, html; the recipient is the caller's
    /// part. Throws std::runtime_error where it cannot.
    Message render(const ClaimedJob& job, const Clinic& clinic, base::Instant now) const;

private:
    struct Texts;
    static void readInto(Texts& all, domain::Language language, const std::filesystem::path& directory,
                         std::vector<Problem>& problems);
    std::shared_ptr<const Texts> current() const;

    mutable std::mutex mutex_;
    std::shared_ptr<const Texts> texts_;
};

} // namespace rota::app
