#include "provider_channel.hpp"
#include "support/fake_provider/signatures.hpp"

#include <rota/web.hpp>

namespace rota::testing {
namespace {

using app::SendStatus;
using domain::Medium;
using Kind = Behaviour::Kind;
using Reason = app::WebhookRefused::Reason;
using Type = app::ProviderEventType;

constexpr const char* kUrl = "https://clinic.example/api/webhooks/test";

class TwilioTest : public ProviderTest {
protected:
    void load(plugin_host::PluginConfig more = {}, base::Milliseconds timeout = std::chrono::seconds{5}) {
        more.merge(plugin_host::PluginConfig{{"account_sid", FakeAccount::kAccountSid},
                                             {"auth_token", "${env:ROTA_TEST_TWILIO_TOKEN}"},
                                             {"from", "+15550100000"},
                                             {"webhook_url", kUrl},
                                             {"base_url", url("TWILIO")}});
        ProviderTest::load("twilio", Medium::Sms, more, timeout);
    }

    app::SendResult send(const std::string& to = "+15550100123") { return channel_->send(message(Medium::Sms, to), 1); }
    app::SendResult sendTo(const Behaviour& behaviour) {
        fake_.memory().behave("twilio", behaviour);
        return send();
    }
    nlohmann::json lastSent() { return fake_.memory().taken("twilio").back().content; }

    /// Signed over `signedUrl`; what Twilio called was `url`.
    app::WebhookRequest callback(const web::Form& form, const std::string& query = {},
                                 const std::string& signedUrl = kUrl) {
        return {.received = clock_.now(),
                .method = "POST",
                .url = "http://10.0.0.7:5000/api/webhooks/test" + query,
                .headers = {{"x-twilio-signature", twilioSignature(FakeAccount::kAuthToken, signedUrl + query, form)}},
                .body = web::formEncoded(form)};
    }
    app::WebhookContent read(const app::WebhookRequest& request) {
        auto content = channel_->webhook(request);
        EXPECT_TRUE(content) << content.error().error;
        return content.value_or(app::WebhookContent{});
    }
    Reason refusalOf(const app::WebhookRequest& request) {
        const auto content = channel_->webhook(request);
        EXPECT_FALSE(content);
        return content ? Reason::NotOffered : content.error().reason;
    }

    const Environment token_{"ROTA_TEST_TWILIO_TOKEN", FakeAccount::kAuthToken};
    const Environment secret_{"ROTA_TEST_TWILIO_SECRET", FakeAccount::kApiSecret};
};

TEST_F(TwilioTest, SendsAText) {
    load();
    auto text = message(Medium::Sms, "+15550100123");
    text.text = "Reminder: 9:00 & 10:00 = später ✓ +1";
    const auto result = channel_->send(text, 1);
    EXPECT_EQ(result.status, SendStatus::Sent) << result.error;
    const auto sent = fake_.memory().taken("twilio").at(0);
    EXPECT_EQ(result.providerMessageId, sent.id);
    EXPECT_EQ(sent.deliveryId, "delivery-7");
    EXPECT_EQ(sent.content["Body"], text.text);
    EXPECT_EQ(sent.content["From"], "+15550100000");
    EXPECT_EQ(sent.content["ValidityPeriod"], "3600");
    EXPECT_EQ(sent.content["StatusCallback"], std::string(kUrl) + "?delivery_id=delivery-7");
}

TEST_F(TwilioTest, TakesAnApiKeyAndAMessagingService) {
    auto config = plugin_host::PluginConfig{{"account_sid", FakeAccount::kAccountSid},
                                            {"api_key", FakeAccount::kApiKey},
                                            {"api_secret", "${env:ROTA_TEST_TWILIO_SECRET}"},
                                            {"messaging_service_sid", "MG00000000000000000000000000000003"},
                                            {"base_url", url("TWILIO")}};
    ProviderTest::load("twilio", Medium::Sms, config);
    EXPECT_EQ(send().status, SendStatus::Sent);
    EXPECT_EQ(lastSent()["MessagingServiceSid"], "MG00000000000000000000000000000003");
    EXPECT_FALSE(lastSent().contains("From"));
    EXPECT_FALSE(lastSent().contains("StatusCallback"));
    EXPECT_FALSE(channel_->ailment());
    // Nobody could check the signature.
    EXPECT_EQ(refusalOf(callback({{"MessageSid", "SM1"}, {"MessageStatus", "sent"}})), Reason::Forged);
}

// What is still queued at the appointment's start must not arrive after it.
TEST_F(TwilioTest, AMessageIsValidUntilTheAppointmentAndNotLonger) {
    load();
    auto text = message(Medium::Sms, "+15550100123");
    text.notAfter = clock_.now() + std::chrono::milliseconds{7900};
    channel_->send(text, 1);
    EXPECT_EQ(lastSent()["ValidityPeriod"], "7");
    text.notAfter = clock_.now() + std::chrono::hours{48};
    channel_->send(text, 1);
    EXPECT_EQ(lastSent()["ValidityPeriod"], "36000");
    text.notAfter = clock_.now() + std::chrono::milliseconds{900};
    EXPECT_EQ(channel_->send(text, 1).status, SendStatus::Failed);
}

TEST_F(TwilioTest, SaysWhatEachAnswerMeans) {
    load();
    EXPECT_EQ(send("+15005550001").status, SendStatus::Failed);
    EXPECT_EQ(send("+15005550002").status, SendStatus::Failed);
    EXPECT_EQ(send("+15005550009").status, SendStatus::Failed);
    const auto suppressed = send("+15005550004");
    EXPECT_EQ(suppressed.status, SendStatus::Suppressed);
    EXPECT_EQ(suppressed.providerCode, "21610");
    EXPECT_EQ(suppressed.error.find("+1500"), std::string::npos) << suppressed.error;

    const auto answer = [](int status, int code, int wait = 0) {
        return Behaviour{.kind = Kind::Answer, .status = status, .code = code, .retryAfter = wait};
    };
    const std::vector<std::pair<Behaviour, SendStatus>> expected{
        {answer(401, 20003), SendStatus::Broken},         {answer(401, 0), SendStatus::Broken},
        {answer(403, 20005), SendStatus::Broken},         {answer(404, 20404), SendStatus::Broken},
        {answer(400, 21606), SendStatus::Broken},         {answer(400, 21703), SendStatus::Broken},
        {answer(429, 20429, 3), SendStatus::RateLimited}, {answer(429, 0, 3), SendStatus::RateLimited},
        {answer(400, 21617), SendStatus::Failed},         {answer(400, 99999), SendStatus::Failed},
        {answer(500, 0), SendStatus::UnknownOutcome},     {answer(503, 20503), SendStatus::UnknownOutcome}};
    for (const auto& [behaviour, status] : expected) {
        const auto result = sendTo(behaviour);
        EXPECT_EQ(result.status, status) << behaviour.status << " " << behaviour.code;
        EXPECT_EQ(result.retryAfter, std::chrono::seconds{behaviour.retryAfter});
    }
    EXPECT_TRUE(fake_.memory().taken().empty());
}

TEST_F(TwilioTest, WhereItBreaksDecidesWhetherItMayBeSentAgain) {
    load({}, std::chrono::milliseconds{300});
    EXPECT_EQ(sendTo({.kind = Kind::HangBeforeReading}).status, SendStatus::UnknownOutcome);
    EXPECT_EQ(sendTo({.kind = Kind::ResetMidBody}).status, SendStatus::UnknownOutcome);
    EXPECT_TRUE(fake_.memory().taken().empty());
    EXPECT_EQ(sendTo({.kind = Kind::HangAfterAccepting}).status, SendStatus::UnknownOutcome);
    EXPECT_EQ(fake_.memory().taken().size(), 1U);
    load({{"base_url", "http://127.0.0.1:1"}});
    EXPECT_EQ(send().status, SendStatus::Retry);
}

TEST_F(TwilioTest, TellsWhatBecameOfAMessage) {
    load();
    const auto sid = send().providerMessageId;
    EXPECT_EQ(channel_->status(sid, "delivery-7").state, app::DeliveryState::Accepted);
    fake_.memory().setStatus(sid, "delivered");
    EXPECT_EQ(channel_->status(sid, "delivery-7").state, app::DeliveryState::Delivered);
    fake_.memory().setStatus(sid, "undelivered");
    EXPECT_EQ(channel_->status(sid, "delivery-7").state, app::DeliveryState::Undelivered);
    EXPECT_EQ(channel_->status("SM00000000000000000000000000000099", "delivery-7").state, app::DeliveryState::NotFound);
    EXPECT_EQ(channel_->status("", "delivery-7").state, app::DeliveryState::CannotTell);
}

TEST_F(TwilioTest, ReportsTheStatusOfAMessage) {
    load();
    const auto content = read(callback({{"MessageSid", "SM1"}, {"MessageStatus", "delivered"}, {"To", "+15550100123"}},
                                       "?delivery_id=rota-12"));
    ASSERT_EQ(content.events.size(), 1U);
    EXPECT_EQ(content.events[0].type, Type::Delivered);
    EXPECT_EQ(content.events[0].deliveryId, "rota-12");
    EXPECT_EQ(content.events[0].providerMessageId, "SM1");
    EXPECT_EQ(content.events[0].eventId, "SM1:delivered");
    EXPECT_TRUE(content.texts.empty());

    const auto failed = read(
        callback({{"MessageSid", "SM1"}, {"MessageStatus", "failed"}, {"ErrorCode", "21610"}, {"To", "+15550100123"}}));
    ASSERT_EQ(failed.events.size(), 2U);
    EXPECT_EQ(failed.events[0].type, Type::Undelivered);
    EXPECT_EQ(failed.events[0].providerCode, "21610");
    EXPECT_EQ(failed.events[1].type, Type::OptedOut);
    EXPECT_EQ(failed.events[1].recipient, "+15550100123");
    EXPECT_EQ(read(callback({{"MessageSid", "SM1"}, {"MessageStatus", "sent"}})).events[0].type, Type::Accepted);
}

TEST_F(TwilioTest, BelievesOnlyWhatIsSigned) {
    load();
    const web::Form form{
        {"MessageSid", "SM1"}, {"MessageStatus", "sent"}, {"Names", "b"}, {"Names", "a"}, {"Names", "b"}};
    EXPECT_TRUE(channel_->webhook(callback(form)));
    EXPECT_TRUE(channel_->webhook(callback(form, "?a=1&b=%20", "https://clinic.example:443/api/webhooks/test")));

    EXPECT_EQ(refusalOf(callback(form, "", "https://other.example/api/webhooks/test")), Reason::Forged);
    EXPECT_EQ(refusalOf(callback(form, "", "https://clinic.example:444/api/webhooks/test")), Reason::Forged);
    auto changed = callback(form);
    changed.body += "&ErrorCode=1";
    EXPECT_EQ(refusalOf(changed), Reason::Forged);
    auto moved = callback(form, "?delivery_id=rota-1");
    moved.url.back() = '2';
    EXPECT_EQ(refusalOf(moved), Reason::Forged);
    auto bare = callback(form);
    bare.headers.clear();
    EXPECT_EQ(refusalOf(bare), Reason::Forged);

    load({{"webhook_url", "http://clinic.example:80/api/webhooks/test"}});
    EXPECT_TRUE(channel_->webhook(callback(form, "", "http://clinic.example/api/webhooks/test")));
    EXPECT_TRUE(channel_->webhook(callback(form, "", "http://clinic.example:80/api/webhooks/test")));
}

// What Twilio's own package signs; the suite `providers` holds the file to it.
TEST_F(TwilioTest, AgreesWithTheProvidersOwnPackage) {
    const auto vectors = nlohmann::json::parse(readFile(ROTA_GOLDEN_DIRECTORY "/signatures.json"))["twilio"];
    const Environment token("ROTA_TEST_TWILIO_TOKEN", vectors["token"]);
    load({{"webhook_url", "https://clinic.example/api/webhooks/twilio"}});
    for (const auto& call : vectors["calls"]) {
        web::Form form;
        for (const auto& [name, value] : call["params"].items())
            for (const auto& one : value.is_array() ? value : nlohmann::json::array({value}))
                form.emplace_back(name, one);
        const std::string url = call["url"];
        auto request = callback(form, url.substr(std::min(url.find('?'), url.size())));
        request.headers = {{"x-twilio-signature", call["signature"]}};
        EXPECT_TRUE(channel_->webhook(request)) << call.dump();
    }
    EXPECT_EQ(vectors["calls"].size(), 5U);
}

TEST_F(TwilioTest, HandsOverATextAndAnswersIt) {
    load({{"reply", "Nobody reads <this>. Call 212-555-0140 & ask."}});
    const web::Form other{
        {"MessageSid", "SM5"}, {"From", "+15550100123"}, {"To", "+15550100000"}, {"Body", "Where are you?"}};
    const auto content = read(callback(other));
    ASSERT_EQ(content.texts.size(), 1U);
    EXPECT_EQ(content.texts[0].from, "+15550100123");
    EXPECT_EQ(content.texts[0].text, "Where are you?");
    EXPECT_EQ(content.texts[0].eventId, "SM5");
    EXPECT_TRUE(content.events.empty());
    EXPECT_EQ(content.reply.contentType, "text/xml; charset=utf-8");
    EXPECT_EQ(
        content.reply.body,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Message>Nobody reads &lt;this&gt;. Call 212-555-0140 "
        "&amp; ask.</Message></Response>");
}

// After these words Twilio itself answers, and sends nothing more.
TEST_F(TwilioTest, KnowsTheWordsByWhichPatientsOptOutAndIn) {
    load({{"reply", "Thank you."}});
    const auto eventsOf = [&](web::Form form) {
        form.emplace_back("MessageSid", "SM5");
        form.emplace_back("From", "+15550100123");
        const auto content = read(callback(form));
        EXPECT_EQ(content.texts.size(), 1U);
        EXPECT_EQ(content.reply.body, R"(<?xml version="1.0" encoding="UTF-8"?><Response></Response>)");
        return content.events;
    };
    for (const char* word : {"CANCEL", " cancel. ", "Stop", "STOPALL"}) {
        const auto events = eventsOf({{"Body", word}});
        ASSERT_EQ(events.size(), 1U) << word;
        EXPECT_EQ(events[0].type, Type::OptedOut) << word;
        EXPECT_EQ(events[0].recipient, "+15550100123");
    }
    EXPECT_EQ(eventsOf({{"Body", "start"}}).at(0).type, Type::OptedIn);
    EXPECT_EQ(eventsOf({{"Body", "ARRET"}, {"OptOutType", "STOP"}}).at(0).type, Type::OptedOut);
    EXPECT_TRUE(eventsOf({{"Body", "HELP"}, {"OptOutType", "HELP"}}).empty());
}

TEST_F(TwilioTest, NamesTheKeyOfAWrongConfiguration) {
    const auto subject = [&](plugin_host::PluginConfig config) {
        config["account_sid"] = FakeAccount::kAccountSid;
        return theProblem(settingsWith("twilio", Medium::Sms, config)).subject;
    };
    const std::string token = "${env:ROTA_TEST_TWILIO_TOKEN}";
    EXPECT_EQ(subject({{"from", "+15550100000"}}), "channel.test.config.api_key");
    EXPECT_EQ(subject({{"from", "+15550100000"}, {"api_key", FakeAccount::kApiKey}}), "channel.test.config.api_secret");
    EXPECT_EQ(subject({{"auth_token", token}}), "channel.test.config.from");
    EXPECT_EQ(subject({{"auth_token", token}, {"from", "212-555-0140"}}), "channel.test.config.from");
    EXPECT_EQ(subject({{"auth_token", token}, {"from", "+15550100000"}, {"base_url", "http://api.twilio.com"}}),
              "channel.test.config.base_url");
}

} // namespace
} // namespace rota::testing
