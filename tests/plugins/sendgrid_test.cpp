#include "provider_channel.hpp"

#include <rota/web.hpp>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <thread>

namespace rota::testing {
namespace {

using app::SendStatus;
using domain::Medium;
using Kind = Behaviour::Kind;
using Reason = app::WebhookRefused::Reason;

/// Signs as SendGrid does.
class Signer {
public:
    std::string publicKey() const {
        unsigned char* der = nullptr;
        const int length = ::i2d_PUBKEY(key_.get(), &der);
        std::string text(reinterpret_cast<char*>(der), static_cast<std::size_t>(length));
        OPENSSL_free(der);
        return web::base64(text);
    }
    std::string sign(const std::string& text) const {
        const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(::EVP_MD_CTX_new(), &::EVP_MD_CTX_free);
        ::EVP_DigestSignInit(context.get(), nullptr, ::EVP_sha256(), nullptr, key_.get());
        std::string signature(200, '\0');
        std::size_t length = signature.size();
        ::EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                         reinterpret_cast<const unsigned char*>(text.data()), text.size());
        signature.resize(length);
        return web::base64(signature);
    }

private:
    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_{EVP_EC_gen("P-256"), &::EVP_PKEY_free};
};

class SendGridTest : public ProviderTest {
protected:
    void load(plugin_host::PluginConfig more = {}, base::Milliseconds timeout = std::chrono::seconds{5}) {
        more.merge(plugin_host::PluginConfig{{"api_key", "${env:ROTA_TEST_SENDGRID_KEY}"},
                                             {"from", "visits@clinic.example"},
                                             {"from_name", "Riverside \"Clinic\""},
                                             {"webhook_public_key", signer_.publicKey()},
                                             {"base_url", url("SENDGRID")}});
        ProviderTest::load("sendgrid", Medium::Email, more, timeout);
    }

    app::SendResult send(const std::string& to = "emma@example.com") {
        return channel_->send(message(Medium::Email, to), 1);
    }
    app::SendResult sendTo(const Behaviour& behaviour) {
        fake_.memory().behave("sendgrid", behaviour);
        return send();
    }
    std::size_t taken() { return fake_.memory().taken("sendgrid").size(); }

    app::WebhookRequest callback(const std::string& body, base::Milliseconds age = base::Milliseconds{0}) {
        const auto stamp = std::to_string(base::toUnixMs(clock_.now() - age) / 1000);
        return {.received = clock_.now(),
                .method = "POST",
                .url = "https://clinic.example/api/webhooks/test",
                .headers = {{"x-twilio-email-event-webhook-timestamp", stamp},
                            {"x-twilio-email-event-webhook-signature", signer_.sign(stamp + body)}},
                .body = body};
    }
    Reason refusalOf(const app::WebhookRequest& request) {
        const auto content = channel_->webhook(request);
        EXPECT_FALSE(content);
        return content ? Reason::NotOffered : content.error().reason;
    }

    const Environment key_{"ROTA_TEST_SENDGRID_KEY", FakeAccount::kSendGridKey};
    const Signer signer_;
};

TEST_F(SendGridTest, SendsTextHtmlAndCalendar) {
    load({{"reply_to", "desk@clinic.example"}});
    auto mail = message(Medium::Email, "emma@example.com");
    mail.text = "Liebe Emma,\n\"bis morgen\" – 9:00\t✓";
    mail.attachments.push_back({"appointment.ics", "text/calendar; method=REQUEST", std::string("BEGIN\0\xff", 7)});
    const auto result = channel_->send(mail, 1);
    EXPECT_EQ(result.status, SendStatus::Sent) << result.error;
    ASSERT_EQ(taken(), 1U);
    const auto sent = fake_.memory().taken("sendgrid")[0];
    EXPECT_EQ(result.providerMessageId, sent.id);
    EXPECT_EQ(sent.deliveryId, "delivery-7");
    EXPECT_EQ(sent.content["personalizations"][0]["to"][0]["name"], "Emma Wilson");
    EXPECT_EQ(sent.content["from"]["name"], "Riverside \"Clinic\"");
    EXPECT_EQ(sent.content["reply_to"]["email"], "desk@clinic.example");
    EXPECT_EQ(sent.content["content"][0]["value"], mail.text);
    EXPECT_EQ(sent.content["content"][1]["type"], "text/html");
    EXPECT_EQ(sent.content["attachments"][0]["content"], "QkVHSU4A/w==");
    EXPECT_EQ(sent.content["attachments"][0]["type"], "text/calendar");
    EXPECT_EQ(sent.content["tracking_settings"]["open_tracking"]["enable"], false);
    EXPECT_FALSE(sent.content.contains("mail_settings"));
}

TEST_F(SendGridTest, TheSandboxSendsNothing) {
    load({{"sandbox", "true"}});
    EXPECT_EQ(send().status, SendStatus::Sent);
    EXPECT_EQ(taken(), 0U);
}

TEST_F(SendGridTest, SaysWhatEachAnswerMeans) {
    load();
    const std::vector<std::pair<Behaviour, SendStatus>> expected{
        {{.kind = Kind::Answer, .status = 400, .field = "personalizations.0.to.0.email"}, SendStatus::Failed},
        {{.kind = Kind::Answer, .status = 400, .field = "content.0.value"}, SendStatus::Failed},
        {{.kind = Kind::Answer, .status = 400, .field = "from.email"}, SendStatus::Broken},
        {{.kind = Kind::Answer, .status = 401}, SendStatus::Broken},
        {{.kind = Kind::Answer, .status = 403}, SendStatus::Broken},
        {{.kind = Kind::Answer, .status = 404}, SendStatus::Broken},
        {{.kind = Kind::Answer, .status = 413}, SendStatus::Failed},
        {{.kind = Kind::Answer, .status = 429, .retryAfter = 7}, SendStatus::RateLimited},
        {{.kind = Kind::Answer, .status = 500}, SendStatus::UnknownOutcome},
        {{.kind = Kind::Answer, .status = 502}, SendStatus::UnknownOutcome},
        {{.kind = Kind::Answer, .status = 503, .retryAfter = 7}, SendStatus::Retry},
        {{.kind = Kind::Answer, .status = 302}, SendStatus::UnknownOutcome}};
    for (const auto& [behaviour, status] : expected) {
        const auto result = sendTo(behaviour);
        EXPECT_EQ(result.status, status) << behaviour.status << behaviour.field;
        EXPECT_EQ(result.providerCode, std::to_string(behaviour.status));
        EXPECT_EQ(result.retryAfter, std::chrono::seconds{behaviour.retryAfter}) << behaviour.status;
        EXPECT_EQ(result.error.find("emma"), std::string::npos) << result.error;
    }
    EXPECT_EQ(taken(), 0U);
}

TEST_F(SendGridTest, WaitsAsLongAsTheRateLimitSays) {
    load();
    const auto result = sendTo({.kind = Kind::Answer, .status = 429, .resetIn = 20});
    EXPECT_EQ(result.status, SendStatus::RateLimited);
    EXPECT_GT(result.retryAfter, std::chrono::seconds{15});
    EXPECT_LE(result.retryAfter, std::chrono::seconds{21});
    EXPECT_EQ(sendTo({.kind = Kind::Answer, .status = 429}).retryAfter, std::chrono::seconds{1});
}

TEST_F(SendGridTest, WhereItBreaksDecidesWhetherItMayBeSentAgain) {
    load({}, std::chrono::milliseconds{300});
    EXPECT_EQ(sendTo({.kind = Kind::HangBeforeReading}).status, SendStatus::UnknownOutcome);
    EXPECT_EQ(sendTo({.kind = Kind::ResetMidBody}).status, SendStatus::UnknownOutcome);
    EXPECT_EQ(taken(), 0U);
    EXPECT_EQ(sendTo({.kind = Kind::HangAfterAccepting}).status, SendStatus::UnknownOutcome);
    EXPECT_EQ(sendTo({.kind = Kind::CloseAfterAccepting}).status, SendStatus::UnknownOutcome);
    EXPECT_EQ(taken(), 2U);
    EXPECT_EQ(sendTo({.delay = std::chrono::milliseconds{100}}).status, SendStatus::Sent);

    load({{"base_url", "http://127.0.0.1:1"}});
    EXPECT_EQ(send().status, SendStatus::Retry);
}

TEST_F(SendGridTest, SendsNothingToWhatIsNoAddressOrTooLate) {
    load();
    EXPECT_EQ(send("emma").status, SendStatus::Failed);
    auto late = message(Medium::Email, "emma@example.com");
    late.notAfter = clock_.now();
    EXPECT_EQ(channel_->send(late, 1).status, SendStatus::Failed);
    EXPECT_EQ(fake_.memory().summary("sendgrid")["requests"], 0);
}

TEST_F(SendGridTest, AKeyThatIsChangedNeedsNoRestart) {
    load();
    {
        const Environment revoked("ROTA_TEST_SENDGRID_KEY", "SG.revoked");
        EXPECT_EQ(send().status, SendStatus::Broken);
        ASSERT_TRUE(channel_->ailment());
        EXPECT_EQ(channel_->ailment()->find("SG.revoked"), std::string::npos);
    }
    const Environment renewed("ROTA_TEST_SENDGRID_KEY", FakeAccount::kSendGridKey);
    EXPECT_EQ(send().status, SendStatus::Sent);
    EXPECT_FALSE(channel_->ailment());
}

TEST_F(SendGridTest, TakesManyMessagesOfManyThreads) {
    load();
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&, i] {
                for (int j = 0; j < 100; ++j) {
                    auto mail = message(Medium::Email, "emma@example.com");
                    mail.deliveryId = "rota-" + std::to_string(i * 100 + j);
                    EXPECT_EQ(channel_->send(mail, 1).status, SendStatus::Sent);
                }
            });
    }
    const auto summary = fake_.memory().summary("sendgrid");
    EXPECT_EQ(summary["distinct"], 800);
    EXPECT_TRUE(summary["duplicates"].empty());
}

TEST_F(SendGridTest, ReportsWhatACallbackSays) {
    load();
    const auto content = channel_->webhook(callback(
        R"([{"email": "emma@example.com", "timestamp": 1773000000, "event": "processed", "sg_event_id": "e1",
             "sg_message_id": "abc.filter1.2", "delivery_id": "rota-1"},
            {"email": "e", "timestamp": 1773000001, "event": "delivered", "sg_event_id": "e2", "sg_message_id": "abc.x"},
            {"event": "open", "sg_event_id": "e3"}, {"event": "deferred", "sg_event_id": "e4", "attempt": "5"},
            {"event": "bounce", "sg_event_id": "e5", "type": "bounce", "status": "5.1.1", "reason": "550 no \"user\""},
            {"event": "bounce", "sg_event_id": "e6", "type": "blocked", "status": "4.0.0"},
            {"event": "dropped", "sg_event_id": "e7", "reason": "Bounced Address"},
            {"event": "spamreport"}, {"event": "unsubscribe"}, {"event": "group_resubscribe"}, {"event": "later", "x": [{}]}])"));
    ASSERT_TRUE(content) << content.error().error;
    using Type = app::ProviderEventType;
    const std::vector<Type> expected{Type::Accepted,    Type::Delivered,   Type::Accepted,
                                     Type::Undelivered, Type::Undelivered, Type::Undelivered,
                                     Type::Complained,  Type::OptedOut,    Type::OptedIn};
    ASSERT_EQ(content->events.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_EQ(content->events[i].type, expected[i]) << i;
    EXPECT_EQ(content->events[0].eventId, "e1");
    EXPECT_EQ(content->events[0].providerMessageId, "abc");
    EXPECT_EQ(content->events[0].deliveryId, "rota-1");
    EXPECT_EQ(content->events[0].recipient, "emma@example.com");
    EXPECT_EQ(base::toUnixMs(content->events[0].occurred), 1'773'000'000'000);
    EXPECT_EQ(content->events[3].providerCode, "5.1.1");
    EXPECT_EQ(content->events[3].detail, "bounce bounce: 550 no \"user\"");
    EXPECT_EQ(content->reply.status, 204);
}

TEST_F(SendGridTest, BelievesOnlyWhatIsSignedAndNew) {
    load();
    const std::string body = R"([{"event": "delivered", "sg_event_id": "e1"}])";
    EXPECT_TRUE(channel_->webhook(callback(body)));
    EXPECT_TRUE(channel_->webhook(callback(body, std::chrono::minutes{9})));
    EXPECT_EQ(refusalOf(callback(body, std::chrono::minutes{11})), Reason::Forged);
    EXPECT_EQ(refusalOf(callback(body, std::chrono::minutes{-11})), Reason::Forged);

    auto changed = callback(body);
    changed.body[20] = 'X';
    EXPECT_EQ(refusalOf(changed), Reason::Forged);
    auto moved = callback(body);
    moved.headers[0].second = std::to_string(std::stoll(moved.headers[0].second) + 1);
    EXPECT_EQ(refusalOf(moved), Reason::Forged);
    auto bare = callback(body);
    bare.headers.clear();
    EXPECT_EQ(refusalOf(bare), Reason::Forged);
    auto foreign = callback(body);
    foreign.headers[1].second = Signer().sign(foreign.headers[0].second + body);
    EXPECT_EQ(refusalOf(foreign), Reason::Forged);
    EXPECT_EQ(refusalOf(callback("{}")), Reason::Malformed);
    EXPECT_EQ(refusalOf(callback("[{]")), Reason::Malformed);
    EXPECT_EQ(refusalOf(callback(std::string(100'000, '['))), Reason::Malformed);
}

// What SendGrid's own package takes as signed; the suite `providers` holds the file to it.
TEST_F(SendGridTest, AgreesWithTheProvidersOwnPackage) {
    const auto vectors = nlohmann::json::parse(readFile(ROTA_GOLDEN_DIRECTORY "/signatures.json"))["sendgrid"];
    const std::string stamp = vectors["timestamp"];
    clock_.set(base::fromUnixMs(std::stoll(stamp) * 1000));
    load({{"webhook_public_key", vectors["public_key"]}});
    for (const auto& call : vectors["calls"]) {
        auto request = callback(call["body"]);
        request.headers = {{"x-twilio-email-event-webhook-timestamp", stamp},
                           {"x-twilio-email-event-webhook-signature", call["signature"]}};
        EXPECT_TRUE(channel_->webhook(request)) << call["body"];
    }
    EXPECT_EQ(vectors["calls"].size(), 3U);
}

TEST_F(SendGridTest, NamesTheKeyOfAWrongConfiguration) {
    const plugin_host::PluginConfig right{{"api_key", "${env:ROTA_TEST_SENDGRID_KEY}"},
                                          {"from", "visits@clinic.example"}};
    const auto subjectWith = [&](const std::string& key, const std::string& value) {
        auto config = right;
        config[key] = value;
        return theProblem(settingsWith("sendgrid", Medium::Email, config)).subject;
    };
    EXPECT_EQ(subjectWith("webhook_public_key", "AAAA"), "channel.test.config.webhook_public_key");
    EXPECT_EQ(subjectWith("base_url", "http://api.sendgrid.com"), "channel.test.config.base_url");
    EXPECT_EQ(subjectWith("base_url", "http://127.0.0.1.evil.example"), "channel.test.config.base_url");
    EXPECT_EQ(subjectWith("from", "clinic"), "channel.test.config.from");
    const auto missing = theProblem(settingsWith(
        "sendgrid", Medium::Email, {{"api_key", "${env:ROTA_TEST_UNSET}"}, {"from", "visits@clinic.example"}}));
    EXPECT_NE(missing.text().find("ROTA_TEST_UNSET"), std::string::npos) << missing.text();
}

} // namespace
} // namespace rota::testing
