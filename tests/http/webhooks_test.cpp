#include "clinic.hpp"
#include "support/fake_provider/fake_provider.hpp"
#include "support/fake_provider/signatures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::UnorderedElementsAre;

constexpr const char* kUrl = "https://clinic.example/api/webhooks/twilio";

/// A clinic whose emails go to a fake of SendGrid and whose texts go to one of Twilio, which calls back.
class WebhooksTest : public ::testing::Test {
protected:
    WebhooksTest() {
        auto options = clinic_.options();
        options.settings.insert(
            options.settings.end(),
            {"notify.email.channels = sendgrid", "notify.sms.channels = twilio", "clinic.email = desk@clinic.example",
             "channel.sendgrid.plugin = sendgrid", "channel.sendgrid.config.api_key = ${env:SENDGRID_API_KEY}",
             "channel.sendgrid.config.from = visits@clinic.example",
             "channel.sendgrid.config.base_url = " + fake_.url(), "channel.twilio.plugin = twilio",
             std::string("channel.twilio.config.account_sid = ") + FakeAccount::kAccountSid,
             "channel.twilio.config.auth_token = ${env:TWILIO_AUTH_TOKEN}", "channel.twilio.config.from = +15550100000",
             std::string("channel.twilio.config.webhook_url = ") + kUrl,
             "channel.twilio.config.base_url = " + fake_.url()});
        options.environment["SENDGRID_API_KEY"] = FakeAccount::kSendGridKey;
        options.environment["TWILIO_AUTH_TOKEN"] = FakeAccount::kAuthToken;
        clinic_.start(options);
    }

    HttpAnswer call(const web::Form& form, const std::string& query = {}, const std::string& signedUrl = kUrl) {
        return clinic_.connect().request("POST", "/api/webhooks/twilio" + query, web::formEncoded(form),
                                         "Content-Type: application/x-www-form-urlencoded\r\nX-Twilio-Signature: " +
                                             twilioSignature(FakeAccount::kAuthToken, signedUrl + query, form) +
                                             "\r\n");
    }
    HttpAnswer text(const std::string& word, const std::string& sid, const std::string& from) {
        return call({{"MessageSid", sid}, {"From", from}, {"To", "+15550100000"}, {"Body", word}});
    }

    /// As if the SMS reminder had gone out a minute ago.
    void remind(std::int64_t appointment) {
        clinic_.database.value("UPDATE appointments SET sms_reminder_sent_at = now() AT TIME ZONE 'UTC' - INTERVAL '1 "
                               "minute' WHERE id = " +
                               std::to_string(appointment) + " RETURNING id");
    }
    std::string statusOf(std::int64_t appointment) {
        return clinic_.database.value("SELECT status FROM appointments WHERE id = " + std::to_string(appointment));
    }
    /// Of a seeded patient, as Twilio writes it.
    std::string phoneOf(std::int64_t patient) {
        return "+1" + clinic_.database.value("SELECT replace(phone, '-', '') FROM patients WHERE id = " +
                                             std::to_string(patient));
    }

    std::vector<std::string> subjectsAwaited(std::size_t count) {
        std::vector<std::string> subjects;
        for (int i = 0; i < 500 && subjects.size() < count; ++i) {
            std::this_thread::sleep_for(20ms);
            subjects.clear();
            for (const auto& mail : fake_.memory().taken("sendgrid"))
                subjects.push_back(mail.to + ": " + mail.content["subject"].get<std::string>());
        }
        return subjects;
    }

    const std::string start_ = isoAt(comingDay(std::chrono::Tuesday), "10:00");
    FakeProvider fake_;
    Clinic clinic_;
};

TEST_F(WebhooksTest, OnlyChannelsThatTakeCallbacksHaveThem) {
    EXPECT_EQ(clinic_.connect().request("POST", "/api/webhooks/nobody", "{}").status, 404);
    EXPECT_EQ(clinic_.connect().request("POST", "/api/webhooks/console", "{}").status, 404);
    EXPECT_EQ(clinic_.connect().get("/api/webhooks/twilio").status, 405);
}

TEST_F(WebhooksTest, WhatIsNotSignedIsNotBelieved) {
    const web::Form form{{"MessageSid", "SM1"}, {"MessageStatus", "delivered"}};
    EXPECT_EQ(call(form).status, 204);
    EXPECT_EQ(call(form, "", "https://other.example/api/webhooks/twilio").status, 403);
    EXPECT_EQ(clinic_.connect().request("POST", "/api/webhooks/sendgrid", "[]").status, 403);
    // A provider's list of events is larger than anything else that is posted here.
    EXPECT_EQ(clinic_.connect().request("POST", "/api/webhooks/sendgrid", std::string(1'000'000, ' ')).status, 403);
    EXPECT_EQ(clinic_.connect().request("POST", "/api/webhooks/sendgrid", std::string(1'100'000, ' ')).status, 413);
}

TEST_F(WebhooksTest, ACallbackSaysWhatBecameOfAMessage) {
    clinic_.booked(2, start_);
    clinic_.database.execute("UPDATE jobs SET run_at = now() AT TIME ZONE 'UTC' WHERE kind = 'sms_reminder'");
    redisCommand(clinic_.redis.url(), {"FLUSHALL"});
    const std::string states = "SELECT string_agg(kind || ' ' || state, ', ' ORDER BY kind) FROM jobs "
                               "WHERE kind IN ('confirmation', 'sms_reminder')";
    for (int i = 0; i < 500 && clinic_.database.value(states) != "confirmation sent, sms_reminder sent"; ++i)
        std::this_thread::sleep_for(20ms);
    for (const auto& id : clinic_.database.column("SELECT id FROM jobs ORDER BY id"))
        EXPECT_EQ(call({{"MessageSid", "SM" + id}, {"MessageStatus", "delivered"}}, "?delivery_id=rota-" + id).status,
                  204);
    EXPECT_EQ(clinic_.database.value(states), "confirmation sent, sms_reminder delivered")
        << "of what SendGrid has, Twilio can tell nothing";
}

TEST_F(WebhooksTest, ATextCancelsTheAppointmentOfItsReminder) {
    const auto appointment = clinic_.booked(2, start_);
    remind(appointment);
    // A confirmation that has not gone out yet is void once the appointment is cancelled.
    subjectsAwaited(1);
    const auto answer = text("Cancel", "SM00000000000000000000000000000001", phoneOf(1));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Content-Type"), "text/xml; charset=utf-8");
    EXPECT_EQ(answer.body, R"(<?xml version="1.0" encoding="UTF-8"?><Response></Response>)");
    EXPECT_EQ(statusOf(appointment), "cancelled");
    EXPECT_THAT(subjectsAwaited(2), UnorderedElementsAre("alice.thompson@example.com: Appointment Confirmation",
                                                         "alice.thompson@example.com: Appointment Cancelled"));
    EXPECT_EQ(clinic_.database.value("SELECT count(*) FROM suppressions WHERE medium = 'sms' AND reason = 'opted_out'"),
              "1");

    // Twilio did not get the answer, and calls once more.
    EXPECT_EQ(text("Cancel", "SM00000000000000000000000000000001", phoneOf(1)).status, 200);
    EXPECT_EQ(clinic_.database.value("SELECT count(*) FROM jobs WHERE kind LIKE 'unclear%'"), "0");
    EXPECT_EQ(text("START", "SM2", phoneOf(1)).status, 200);
    EXPECT_EQ(clinic_.database.value("SELECT count(*) FROM suppressions WHERE since >= lifted_at OR lifted_at IS NULL"),
              "0");
}

// A family on one phone.
TEST_F(WebhooksTest, ATextThatMayMeanTwoAppointmentsCancelsNone) {
    clinic_.database.value("UPDATE patients SET phone = (SELECT phone FROM patients WHERE id = 1) WHERE id = 2 "
                           "RETURNING id");
    const auto first = clinic_.booked(2, start_);
    const auto second = clinic_.book(booking(3, start_, 30, "standard", 2)).json()["id"].get<std::int64_t>();
    remind(first);
    remind(second);
    EXPECT_EQ(text("CANCEL", "SM3", phoneOf(1)).status, 200);
    EXPECT_EQ(statusOf(first), "scheduled");
    EXPECT_EQ(statusOf(second), "scheduled");
    const auto subjects = subjectsAwaited(6);
    EXPECT_THAT(subjects, ::testing::IsSupersetOf({"alice.thompson@example.com: Nothing Was Cancelled",
                                                   "desk@clinic.example: A Text Message Cancelled Nothing",
                                                   "desk@clinic.example: A Text Message Cancelled Nothing"}));
    EXPECT_EQ(clinic_.database.value("SELECT count(*) FROM jobs WHERE kind LIKE 'unclear%'"), "4");
    EXPECT_THAT(clinic_.server->output(), ::testing::Not(::testing::HasSubstr("alice.thompson")));
}

} // namespace
} // namespace rota::testing
