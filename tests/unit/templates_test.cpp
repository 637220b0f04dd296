#include "app/preview_message.hpp"
#include "app/templates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace rota::app {
namespace {

using base::Instant;
using domain::JobKind;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::filesystem::path shippedTemplates() {
    const char* source = std::getenv("ROTA_SOURCE_DIR");
    return std::filesystem::path(source ? source : ".") / "etc" / "templates";
}

Clinic clinic() {
    Clinic clinic;
    clinic.name = "Lakeside Clinic";
    clinic.address = "12 Lake Street, Springfield";
    clinic.phone = "555-010-0000";
    clinic.cancellationPolicyUrl = "https://clinic.example/policy?a=1&b=2";
    clinic.portalUrl = "https://clinic.example/portal";
    return clinic;
}

/// Tuesday, March 10, 2026, 9:00 AM in New York, two days after the clocks went forward.
Instant start() {
    return clinic().zone.toUtcOrNext({base::Date{std::chrono::year{2026} / 3 / 10}, std::chrono::hours{9}});
}

ClaimedJob jobOf(JobKind kind) {
    ClaimedJob job;
    job.id = base::JobId{7};
    job.kind = kind;
    job.attempt = 1;
    job.notAfter = start();
    job.doctorName = "Dr. Sarah Johnson";
    job.patientName = "Ann O'Neil";
    job.patientEmail = "ann@example.org";
    job.patientPhone = "555-123-4567";
    domain::Appointment appointment;
    appointment.id = base::AppointmentId{42};
    appointment.start = start();
    appointment.duration = base::Minutes{30};
    job.appointment = appointment;
    return job;
}

Templates shipped() {
    std::vector<Templates::Problem> problems;
    auto templates = Templates::load(shippedTemplates(), problems);
    for (const auto& problem : problems)
        ADD_FAILURE() << problem.file << ": " << problem.message;
    return templates;
}

TEST(ShippedTemplates, SmsReminderIsTheRequiredSentence) {
    const auto message = shipped().render(jobOf(JobKind::SmsReminder), clinic(), start() - std::chrono::hours{20});
    EXPECT_EQ(message.text,
              "Reminder: Appointment with Dr. Sarah Johnson at 9:00 AM tomorrow. Reply CANCEL to cancel.");
    EXPECT_EQ(message.medium, domain::Medium::Sms);
    EXPECT_THAT(message.subject, IsEmpty());
    EXPECT_THAT(message.html, IsEmpty());
}

TEST(ShippedTemplates, EveryMessageIsThereInSpanishToo) {
    const auto templates = shipped();
    for (const auto kind : Templates::kinds()) {
        auto job = jobOf(kind);
        job.preferences.language = domain::Language::Spanish;
        const auto spanish = templates.render(job, clinic(), start() - std::chrono::hours{20});
        const auto english = templates.render(jobOf(kind), clinic(), start() - std::chrono::hours{20});
        if (kind == JobKind::UnclearReplyAlert) {
            EXPECT_EQ(spanish.text, english.text) << "the clinic's own mail";
            continue;
        }
        EXPECT_NE(spanish.text, english.text) << toString(kind);
        EXPECT_EQ(spanish.locale, "es-US");
        EXPECT_EQ(english.locale, "en-US");
        EXPECT_EQ(spanish.html.empty(), english.html.empty());
        // What an English text tells, the Spanish one does.
        for (const auto* told : {"Sarah Johnson", "9:00", "https://clinic.example/portal", "Lakeside Clinic", "30 min"})
            EXPECT_EQ(english.text.find(told) == std::string::npos, spanish.text.find(told) == std::string::npos)
                << toString(kind) << ": " << told;
    }
}

TEST(ShippedTemplates, SpanishTextsSayTheDayInSpanish) {
    auto job = jobOf(JobKind::SmsReminder);
    job.preferences.language = domain::Language::Spanish;
    const auto textAt = [&](Instant now) { return shipped().render(job, clinic(), now).text; };
    EXPECT_EQ(textAt(start() - std::chrono::hours{20}),
              "Recordatorio: cita con Dr./Dra. Sarah Johnson mañana, 9:00 a. m. Responda CANCEL para cancelar.");
    EXPECT_THAT(textAt(start() - std::chrono::hours{2}), HasSubstr(" hoy, 9:00 a. m."));
    EXPECT_THAT(textAt(start() - std::chrono::hours{72}), HasSubstr(" el martes, 10 de marzo de 2026, 9:00 a. m."));
}

TEST(ShippedTemplates, ACancellationThatCostsSaysSo) {
    auto job = jobOf(JobKind::CancellationNotice);
    auto fees = clinic();
    const auto rendered = [&] { return shipped().render(job, fees, start() - std::chrono::hours{3}); };
    EXPECT_THAT(rendered().text, AllOf(HasSubstr("has been cancelled.\n"), Not(HasSubstr("$"))));
    job.appointment->cancellationFeeApplied = true;
    EXPECT_THAT(rendered().text, HasSubstr("has been cancelled. A $50 late cancellation fee applies.\n"));
    EXPECT_THAT(rendered().html, HasSubstr("has been cancelled. A $50 late cancellation fee applies.</p>"));
    fees.rules.feeCents = 1250;
    job.preferences.language = domain::Language::Spanish;
    EXPECT_THAT(rendered().text,
                HasSubstr("ha sido cancelada. Se aplica un cargo de $12.50 por cancelación tardía.\n"));
}

TEST(ShippedTemplates, CanBePreviewedWithoutAPatient) {
    const auto now = start() - std::chrono::hours{30};
    for (const auto kind : Templates::kinds()) {
        const auto message = previewMessage(shipped(), clinic(), kind, domain::Language::English, now);
        EXPECT_THAT(message.text, Not(HasSubstr("{")));
        EXPECT_THAT(message.text, AnyOf(HasSubstr("9:00 AM"), HasSubstr("nothing was cancelled"))) << toString(kind);
        EXPECT_FALSE(message.to.empty());
    }
}

TEST(Templates, WithoutTheFolderOfALanguageEnglishServes) {
    std::vector<Templates::Problem> problems;
    const auto copy = std::filesystem::temp_directory_path() / ("rota-templates-" + std::to_string(::getpid()));
    std::filesystem::copy(shippedTemplates(), copy); // files, and no folders
    auto job = jobOf(JobKind::SmsReminder);
    job.preferences.language = domain::Language::Spanish;
    const auto message = Templates::load(copy, problems).render(job, clinic(), start() - std::chrono::hours{20});
    std::filesystem::remove_all(copy);
    EXPECT_THAT(problems, IsEmpty());
    EXPECT_THAT(message.text, HasSubstr("at 9:00 AM tomorrow"));
    EXPECT_EQ(message.locale, "en-US");
}

TEST(ShippedTemplates, TheDayIsTheClinicsAtTheMomentOfSending) {
    const auto templates = shipped();
    const auto textAt = [&](Instant now) { return templates.render(jobOf(JobKind::SmsReminder), clinic(), now).text; };
    const auto midnight = start() - std::chrono::hours{9};
    EXPECT_THAT(textAt(start() - std::chrono::hours{2}), HasSubstr("at 9:00 AM today."));
    EXPECT_THAT(textAt(midnight), HasSubstr("at 9:00 AM today."));
    EXPECT_THAT(textAt(midnight - base::Milliseconds{1}), HasSubstr("at 9:00 AM tomorrow."));
    EXPECT_THAT(textAt(midnight - std::chrono::hours{24}), HasSubstr("at 9:00 AM tomorrow."));
    EXPECT_THAT(textAt(midnight - std::chrono::hours{24} - base::Milliseconds{1}),
                HasSubstr("at 9:00 AM on Tuesday, March 10, 2026."));
}

TEST(ShippedTemplates, EmailReminderSaysAllThatIsRequired) {
    const auto message = shipped().render(jobOf(JobKind::EmailReminder), clinic(), start() - std::chrono::hours{24});
    EXPECT_EQ(message.subject, "Appointment Reminder");
    for (const auto* needed : {"Sarah Johnson", "Tuesday, March 10, 2026", "9:00 AM", "12 Lake Street, Springfield"}) {
        EXPECT_THAT(message.text, HasSubstr(needed));
        EXPECT_THAT(message.html, HasSubstr(needed));
    }
    EXPECT_THAT(message.text, AllOf(HasSubstr("Ann O'Neil"), HasSubstr("https://clinic.example/policy?a=1&b=2")));
    EXPECT_THAT(message.html,
                AllOf(HasSubstr("Ann O&#39;Neil"), HasSubstr("https://clinic.example/policy?a=1&amp;b=2")));
    EXPECT_EQ(message.notAfter, start());
    EXPECT_EQ(message.locale, "en-US");
}

TEST(ShippedTemplates, PromotionIsTheRequiredSentence) {
    const auto message = shipped().render(jobOf(JobKind::PromotionNotice), clinic(), start() - std::chrono::hours{24});
    const auto* sentence = "Good news! A slot opened up for Dr. Sarah Johnson on Tuesday, March 10, 2026 at 9:00 AM. "
                           "Your appointment has been booked.";
    EXPECT_THAT(message.text, HasSubstr(sentence));
    EXPECT_THAT(message.html, HasSubstr(sentence));
}

TEST(ShippedTemplates, EveryMessageIsWholeAndItsPageNeedsNothingFromElsewhere) {
    const auto templates = shipped();
    for (const auto kind : {JobKind::Confirmation, JobKind::EmailReminder, JobKind::PromotionNotice,
                            JobKind::CancellationNotice, JobKind::RescheduleNotice}) {
        SCOPED_TRACE(toString(kind));
        const auto message = templates.render(jobOf(kind), clinic(), start() - std::chrono::hours{48});
        EXPECT_THAT(message.subject, Not(IsEmpty()));
        EXPECT_THAT(message.text,
                    AllOf(HasSubstr("Ann O'Neil"), HasSubstr("Dr. Sarah Johnson"), Not(HasSubstr("Dr. Dr."))));
        EXPECT_THAT(message.html,
                    AllOf(HasSubstr("width=device-width"), Not(HasSubstr("src=")), Not(HasSubstr("<link"))));
        EXPECT_THAT(message.subject + message.text + message.html, AllOf(Not(HasSubstr("{")), Not(HasSubstr("}"))));
    }
}

// A text that fits no appointment is told of without one.
TEST(ShippedTemplates, TellOfATextThatCancelledNothing) {
    const auto templates = shipped();
    for (const auto kind : {JobKind::UnclearReplyNotice, JobKind::UnclearReplyAlert}) {
        SCOPED_TRACE(toString(kind));
        auto job = jobOf(kind);
        job.appointment.reset();
        const auto message = templates.render(job, clinic(), start());
        EXPECT_THAT(message.text, AllOf(HasSubstr("Ann O'Neil"), HasSubstr("nothing was cancelled")));
        EXPECT_THAT(message.html, AllOf(HasSubstr("nothing was cancelled"), Not(HasSubstr("{"))));
    }
}

TEST(ShippedTemplates, ValuesCannotWriteHtmlOrHeaders) {
    auto job = jobOf(JobKind::EmailReminder);
    job.patientName = "<script>alert(\"1\")</script>\r\nBcc: all@example.org {doctor_name}";
    const auto message = shipped().render(job, clinic(), start() - std::chrono::hours{24});
    EXPECT_THAT(message.html,
                AllOf(HasSubstr("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"), Not(HasSubstr("<script"))));
    EXPECT_THAT(message.text, AllOf(Not(HasSubstr("\r")), HasSubstr("{doctor_name}")));
}

TEST(ShippedTemplates, WithoutAnAppointmentThereIsNothingToTell) {
    auto job = jobOf(JobKind::EmailReminder);
    job.appointment.reset();
    EXPECT_THROW(shipped().render(job, clinic(), start()), std::runtime_error);
    EXPECT_THROW(shipped().render(jobOf(JobKind::PromoteWaitlist), clinic(), start()), std::runtime_error);
}

/// A copy of the shipped templates, to spoil.
class TemplateProblems : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "rota-templates-XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory = pattern;
        std::filesystem::copy(shippedTemplates(), directory);
    }
    void TearDown() override { std::filesystem::remove_all(directory); }

    void write(const char* file, const char* text) { std::ofstream(directory / file) << text; }

    std::string problems() {
        std::vector<Templates::Problem> found;
        Templates::load(directory, found);
        std::string lines;
        for (const auto& problem : found)
            lines += problem.file + ": " + problem.message + "\n";
        return lines;
    }

    std::filesystem::path directory;
};

TEST_F(TemplateProblems, NoneInTheShippedOnes) {
    EXPECT_EQ(problems(), "");
}

TEST_F(TemplateProblems, AllAreListedWithFileNameAndWhatIsKnown) {
    write("sms_reminder.txt", "At {tiem}, {patient_name}");
    std::filesystem::remove(directory / "confirmation.html");
    write("email_reminder.subject.txt", "Two\nlines");
    write("promotion_notice.txt", "\n");
    EXPECT_THAT(
        problems(),
        AllOf(HasSubstr("sms_reminder.txt: names {tiem}, which is not known; known are patient_name, doctor_name"),
              HasSubstr("confirmation.html: is missing"),
              HasSubstr("email_reminder.subject.txt: has more than one line"),
              HasSubstr("promotion_notice.txt: is empty")));
}

TEST_F(TemplateProblems, BracesThatAreNoPlaceholders) {
    for (const auto* text : {"{}", "{0}", "{", "}", "{patient_name", "{ patient_name }", "{{{unknown}}}",
                             "{patient_name:d}", "{patient_name:{duration}}"}) {
        write("sms_reminder.txt", text);
        EXPECT_THAT(problems(), HasSubstr("sms_reminder.txt: ")) << text;
    }
}

TEST_F(TemplateProblems, DoubledBracesAreLiteral) {
    write("sms_reminder.txt", "{{{patient_name}}} {{tiem}}");
    std::vector<Templates::Problem> found;
    const auto templates = Templates::load(directory, found);
    EXPECT_THAT(found, IsEmpty());
    EXPECT_EQ(templates.render(jobOf(JobKind::SmsReminder), clinic(), start()).text, "{Ann O'Neil} {tiem}");
}

} // namespace
} // namespace rota::app
