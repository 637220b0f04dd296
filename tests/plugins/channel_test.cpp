#include "base/limits.hpp"
#include "base/log.hpp"
#include "plugin_host/plugin_channel.hpp"
#include "support.hpp"

#include <algorithm>
#include <atomic>
#include <regex>
#include <thread>

namespace rota::testing {
namespace {

using app::SendStatus;
using domain::Medium;

class ChannelTest : public ::testing::Test {
protected:
    void load(const std::string& plugin, Medium medium, plugin_host::PluginConfig config = {}) {
        host_ = loaded(placed(settingsWith(plugin, medium, std::move(config))), clock_);
        channel_ = host_->channels(medium).at(0);
    }
    plugin_host::Settings placed(plugin_host::Settings settings) const {
        for (auto& channel : settings.channels)
            channel.isolated = isolated_;
        return settings;
    }

    bool isolated_ = false;
    FixedClock clock_;
    std::unique_ptr<plugin_host::PluginHost> host_;
    std::shared_ptr<app::Channel> channel_;
};

/// The same file does the same in this process and in one of its own.
class EitherWayTest : public ChannelTest, public ::testing::WithParamInterface<bool> {
protected:
    EitherWayTest() { isolated_ = GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(Isolation, EitherWayTest, ::testing::Bool(),
                         [](const auto& isolated) { return std::string(isolated.param ? "process" : "none"); });

TEST_F(ChannelTest, ConsoleShowsAnEmail) {
    load("console", Medium::Email);
    app::SendResult result;
    const auto shown = captured(1, [&] { result = channel_->send(email("emma@example.com"), 1); });
    EXPECT_EQ(shown, "EMAIL SENT: To emma@example.com, Subject: Appointment "
                     "Reminder, Body: See you at 9:00 AM\n");
    EXPECT_EQ(result.status, SendStatus::Sent);
    EXPECT_EQ(result.providerMessageId, "delivery-7");
    EXPECT_EQ(channel_->instance(), "test");
}

TEST_F(ChannelTest, ConsoleShowsAnSmsOnOneLine) {
    load("console", Medium::Sms);
    auto message = sms("+15550100123");
    message.text = "Dear Emma,\r\n\r\nsee you.\n\x1b[2J";
    EXPECT_EQ(captured(1, [&] { channel_->send(message, 1); }),
              "SMS SENT: To +15550100123, Body: Dear Emma, see you. [2J\n");
}

TEST_F(ChannelTest, ConsoleShowsNothingTooLate) {
    load("console", Medium::Email);
    auto message = email("emma@example.com");
    message.notAfter = clock_.now();
    EXPECT_EQ(captured(1, [&] { EXPECT_EQ(channel_->send(message, 1).status, SendStatus::Failed); }), "");
}

TEST_F(ChannelTest, ConsoleLinesOfManyThreadsDoNotMix) {
    load("console", Medium::Email);
    auto message = email("emma@example.com");
    message.text = std::string(3000, 'x');
    const auto shown = captured(1, [&] {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (int j = 0; j < 25; ++j)
                    channel_->send(message, 1);
            });
    });
    const std::string line =
        "EMAIL SENT: To emma@example.com, Subject: Appointment Reminder, Body: " + message.text + "\n";
    ASSERT_EQ(shown.size(), 100 * line.size());
    for (std::size_t at = 0; at < shown.size(); at += line.size())
        ASSERT_EQ(shown.compare(at, line.size(), line), 0);
}

TEST_P(EitherWayTest, APluginInPureCIsServedLikeAnyOther) {
    load("pure_c", Medium::Sms);
    auto message = sms("sms:0");
    message.attachments.push_back({"visit.ics", "text/calendar", "BEGIN:VCALENDAR"});
    const auto result = channel_->send(message, 1);
    EXPECT_EQ(result.status, SendStatus::Sent) << result.error;
    EXPECT_EQ(result.providerMessageId, "delivery-7");
    ASSERT_EQ(host_->counters().size(), 1U);
    EXPECT_EQ(host_->counters()[0].instance + "." + host_->counters()[0].name, "channel.test.sent");
    EXPECT_EQ(host_->counters()[0].value, 1);
}

TEST_P(EitherWayTest, APluginSeesOnlyWhatItDeclaredToNeed) {
    load("pure_c", Medium::Sms);
    EXPECT_EQ(channel_->send(sms("sms:0"), 1).providerCode, "no name");
}

TEST_P(EitherWayTest, StatusesAreMappedByTheirClass) {
    load("pure_c", Medium::Sms);
    const std::vector<std::pair<int, SendStatus>> expected{
        {100, SendStatus::Retry},           {101, SendStatus::RateLimited},    {102, SendStatus::Retry},
        {199, SendStatus::Retry},           {200, SendStatus::UnknownOutcome}, {201, SendStatus::UnknownOutcome},
        {300, SendStatus::Failed},          {301, SendStatus::Failed},         {303, SendStatus::Suppressed},
        {399, SendStatus::Failed},          {400, SendStatus::Broken},         {402, SendStatus::Broken},
        {500, SendStatus::Retry},           {600, SendStatus::UnknownOutcome}, {7, SendStatus::UnknownOutcome},
        {99900, SendStatus::UnknownOutcome}};
    for (const auto& [code, status] : expected) {
        const auto result = channel_->send(sms("sms:" + std::to_string(code)), 1);
        EXPECT_EQ(result.status, status) << code;
        EXPECT_EQ(result.providerCode, "E42");
        EXPECT_EQ(result.retryAfter, base::Milliseconds{1500});
        EXPECT_FALSE(result.error.empty());
    }
    EXPECT_EQ(plugin_host::sendStatusOf(-101), SendStatus::UnknownOutcome);
}

TEST_P(EitherWayTest, ExceptionsStayInsideThePlugin) {
    load("throwing", Medium::Email);
    auto result = channel_->send(email("exception"), 1);
    EXPECT_EQ(result.status, SendStatus::UnknownOutcome);
    EXPECT_EQ(result.error, "INTERNAL: a bug");
    EXPECT_EQ(channel_->send(email("int"), 1).status, SendStatus::UnknownOutcome);
    EXPECT_EQ(channel_->send(email("ok-failure"), 1).status, SendStatus::UnknownOutcome);
    result = channel_->send(email("limited"), 1);
    EXPECT_EQ(result.status, SendStatus::RateLimited);
    EXPECT_EQ(result.retryAfter, std::chrono::seconds{3});
    EXPECT_EQ(result.providerCode, "429");
    EXPECT_EQ(result.error, "RATE_LIMITED 429: slow down");
}

TEST_P(EitherWayTest, WhatIsNoRecipientIsNotSent) {
    load("throwing", Medium::Email);
    const auto result = channel_->send(email("unreachable"), 1);
    EXPECT_EQ(result.status, SendStatus::Failed);
    EXPECT_EQ(result.error, "BAD_RECIPIENT: nobody there");
}

TEST_P(EitherWayTest, CallsToAPluginThatIsNotReentrantComeOneAtATime) {
    load("throwing", Medium::Email);
    std::atomic<int> together = 0;
    std::atomic<int> sent = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] {
                for (int j = 0; j < 10; ++j) {
                    const auto status = channel_->send(email("alone"), 1).status;
                    sent += status == SendStatus::Sent ? 1 : 0;
                    together += status == SendStatus::Sent || status == SendStatus::Busy ? 0 : 1;
                }
            });
    }
    EXPECT_EQ(together, 0);
    EXPECT_GE(sent, 8);
}

/// A message's lease ends; whoever still waited then would send what another has taken for lost.
TEST_P(EitherWayTest, WhoseTurnDoesNotComeInTimeIsToldThatTheChannelIsBusy) {
    load("broken", Medium::Email);
    std::atomic<int> sent = 0;
    std::atomic<int> busy = 0;
    const auto begin = std::chrono::steady_clock::now();
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 30; ++i) // of 200 ms each
            threads.emplace_back([&] {
                const auto status = channel_->send(email("slow"), 1).status;
                sent += status == SendStatus::Sent ? 1 : 0;
                busy += status == SendStatus::Busy ? 1 : 0;
            });
    }
    EXPECT_EQ(sent + busy, 30);
    EXPECT_GE(sent, 1);
    EXPECT_GE(busy, 10);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, base::limits::kSendAndRecord);
}

/// Nobody can end it there; its messages go another way, and the operator is told.
TEST_F(ChannelTest, OneInTheServerThatDoesNotComeBackIsBroken) {
    auto wanted = settingsWith("broken", Medium::Email);
    wanted.channels[0].timeout = std::chrono::milliseconds{100};
    host_ = loaded(wanted, clock_);
    channel_ = host_->channels(Medium::Email).at(0);
    const std::jthread hanging([&] { channel_->send(email("long"), 1); });
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    const auto behind = channel_->send(email("well"), 1);
    EXPECT_EQ(behind.status, SendStatus::Broken);
    EXPECT_EQ(behind.error, "it does not come back from an earlier call");
}

TEST_P(EitherWayTest, ACallIsCancelledAtItsTimeout) {
    auto wanted = settingsWith("throwing", Medium::Email);
    wanted.channels[0].timeout = std::chrono::milliseconds{30};
    host_ = loaded(placed(wanted), clock_);
    const auto result = host_->channels(Medium::Email).at(0)->send(email("slow"), 1);
    EXPECT_EQ(result.status, SendStatus::Retry);
    EXPECT_EQ(result.error, "CANCELLED: gave up");
}

TEST_P(EitherWayTest, AChannelOutlivesTheHostThatGaveIt) {
    load("pure_c", Medium::Sms);
    host_.reset();
    EXPECT_EQ(channel_->send(sms("sms:0"), 1).status, SendStatus::Sent);
}

TEST_P(EitherWayTest, SecretsAreTakenOutOfLogsAndErrors) {
    const Environment key("ROTA_TEST_KEY", "s3cret-value");
    load("pure_c", Medium::Sms, {{"api_key", "${env:ROTA_TEST_KEY}"}});
    base::log::configure(base::log::Level::Debug, base::log::Format::Text);
    app::SendResult result;
    const auto logged = captured(2, [&] { result = channel_->send(sms("sms:400"), 1); });
    EXPECT_EQ(result.error, "AUTH E42: ***");
    EXPECT_NE(logged.find("message=***"), std::string::npos) << logged;
    EXPECT_NE(logged.find("instance=channel.test"), std::string::npos) << logged;
    EXPECT_EQ(logged.find("s3cret"), std::string::npos) << logged;
}

TEST_P(EitherWayTest, HealthIsAskedOfThoseThatCanSay) {
    auto wanted = settingsWith("pure_c", Medium::Sms, {{"mode", "ill"}});
    wanted.channels.push_back({"well", "pure_c", {}, std::chrono::seconds{1}});
    wanted.channels.push_back({"silent", "console", {}, std::chrono::seconds{1}});
    wanted.channels.push_back({"thrower", "throwing", {}, std::chrono::seconds{1}});
    const auto host = loaded(placed(wanted), clock_);
    EXPECT_EQ(host->find("test")->ailment(), "AUTH: feels ill");
    EXPECT_EQ(host->find("well")->ailment(), std::nullopt);
    EXPECT_EQ(host->find("silent")->ailment(), std::nullopt);
    EXPECT_EQ(host->find("thrower")->ailment(), "UNAVAILABLE: nobody there");
}

TEST_F(ChannelTest, ChannelsComeInTheOrderOfFailover) {
    auto wanted = settingsWith("console", Medium::Sms);
    wanted.channels.push_back({"backup", "pure_c", {}, std::chrono::seconds{1}});
    wanted.order[Medium::Sms] = {"backup", "test"};
    const auto host = loaded(wanted, clock_);
    ASSERT_EQ(host->channels(Medium::Sms).size(), 2U);
    EXPECT_EQ(host->channels(Medium::Sms)[0]->instance(), "backup");
    EXPECT_TRUE(host->channels(Medium::Email).empty());
    ASSERT_EQ(host->instances().size(), 3U);
    EXPECT_EQ(host->instances()[2].name, "availability.default");
    EXPECT_EQ(host->instances()[2].plugin, "standard");
    EXPECT_EQ(host->instances()[2].file, ROTA_PLUGIN_DIRECTORY "/standard.so");
}

TEST_F(ChannelTest, AChannelIsFoundByItsNameWhetherItStandsInAnOrderOrNot) {
    auto wanted = settingsWith("console", Medium::Sms);
    wanted.channels.push_back({"spare", "pure_c", {}, std::chrono::seconds{1}});
    const auto host = loaded(wanted, clock_);
    ASSERT_NE(host->find("spare"), nullptr);
    EXPECT_EQ(host->find("spare")->instance(), "spare");
    EXPECT_EQ(host->find("test"), host->channels(Medium::Sms)[0]);
    EXPECT_EQ(host->find("nobody"), nullptr);
    EXPECT_EQ(host->find(""), nullptr);
}

TEST_P(EitherWayTest, WhetherARepetitionDoesNoHarmIsWhatThePluginDeclares) {
    load("callbacks", Medium::Email);
    EXPECT_TRUE(channel_->honoursIdempotencyKey());
    load("console", Medium::Email);
    EXPECT_FALSE(channel_->honoursIdempotencyKey());
}

TEST_P(EitherWayTest, TellsWhatBecameOfAnEarlierMessage) {
    using app::DeliveryState;
    load("callbacks", Medium::Email);
    const std::vector<std::pair<std::string, DeliveryState>> expected{
        {"0", DeliveryState::Unknown},     {"1", DeliveryState::Accepted}, {"2", DeliveryState::Delivered},
        {"3", DeliveryState::Undelivered}, {"4", DeliveryState::NotFound}, {"9", DeliveryState::Unknown}};
    for (const auto& [code, state] : expected) {
        const auto answer = channel_->status(code, "delivery-7");
        EXPECT_EQ(answer.state, state) << code;
        EXPECT_EQ(answer.providerMessageId, "delivery-7");
        EXPECT_EQ(answer.providerCode, "known");
        EXPECT_EQ(answer.error, "");
    }
}

TEST_P(EitherWayTest, WhatCannotBeToldNowIsAskedAgainAndWhatNeverCanIsNot) {
    load("callbacks", Medium::Email);
    const auto unreachable = channel_->status("unreachable", "delivery-7");
    EXPECT_EQ(unreachable.state, app::DeliveryState::Unknown);
    EXPECT_EQ(unreachable.error, "UNAVAILABLE 503: nobody there");
    EXPECT_EQ(channel_->status("unsupported", "delivery-7").state, app::DeliveryState::CannotTell);
    load("console", Medium::Email);
    EXPECT_EQ(channel_->status("1", "delivery-7").state, app::DeliveryState::CannotTell);
}

class WebhookTest : public EitherWayTest {
protected:
    void SetUp() override { load("callbacks", Medium::Email); }

    tl::expected<app::WebhookContent, app::WebhookRefused> called(std::string body) {
        app::WebhookRequest request{base::fromUnixMs(1'773'000'000'000), "POST", "https://clinic.example/hook", {}, {}};
        request.headers = {{"host", "clinic.example"}, {"x-signature", signature_}};
        request.body = std::move(body);
        return channel_->webhook(request);
    }

    std::string signature_ = "https://clinic.example/hook";
};

INSTANTIATE_TEST_SUITE_P(Isolation, WebhookTest, ::testing::Bool(),
                         [](const auto& isolated) { return std::string(isolated.param ? "process" : "none"); });

TEST_P(WebhookTest, GivesWhatACallbackReportsAndTheAnswerToIt) {
    const auto content = called("2\n3\ntext CANCEL\n5");
    ASSERT_TRUE(content);
    ASSERT_EQ(content->events.size(), 3U);
    EXPECT_EQ(content->events[0].type, app::ProviderEventType::Delivered);
    EXPECT_EQ(content->events[1].type, app::ProviderEventType::Undelivered);
    EXPECT_EQ(content->events[2].type, app::ProviderEventType::OptedOut);
    EXPECT_EQ(content->events[0].eventId, "event-2");
    EXPECT_EQ(content->events[0].providerMessageId, "provider-7");
    EXPECT_EQ(content->events[0].deliveryId, "delivery-7");
    EXPECT_EQ(content->events[0].recipient, "emma@example.com");
    EXPECT_EQ(content->events[0].providerCode, "250");
    EXPECT_EQ(content->events[0].detail, "in short");
    EXPECT_EQ(base::toUnixMs(content->events[0].occurred), 1'773'000'000'000);
    ASSERT_EQ(content->texts.size(), 1U);
    EXPECT_EQ(content->texts[0].eventId + content->texts[0].from + content->texts[0].to + content->texts[0].text,
              "text-1+15550100123+15550100999CANCEL");
    EXPECT_EQ(content->reply.status, 200);
    EXPECT_EQ(content->reply.contentType, "text/plain");
    EXPECT_EQ(content->reply.body, "POST taken");
}

TEST_P(WebhookTest, AReportOfAKindThatWeDoNotKnowIsPassedOver) {
    const auto content = called("2\n77\n6");
    ASSERT_TRUE(content);
    ASSERT_EQ(content->events.size(), 2U);
    EXPECT_EQ(content->events[1].type, app::ProviderEventType::OptedIn);
}

TEST_P(WebhookTest, WhatIsNotTakenReportsNothingAndSaysWhy) {
    using Reason = app::WebhookRefused::Reason;
    const std::vector<std::pair<std::string, Reason>> expected{{"2\nmalformed", Reason::Malformed},
                                                               {"2\nunavailable", Reason::Unavailable},
                                                               {"2\nbug", Reason::Unavailable},
                                                               {"endless", Reason::Unavailable}};
    for (const auto& [body, reason] : expected) {
        const auto content = called(body);
        ASSERT_FALSE(content) << body;
        EXPECT_EQ(content.error().reason, reason) << body;
        EXPECT_FALSE(content.error().error.empty());
    }
    signature_ = "https://elsewhere.example/hook";
    const auto forged = called("2");
    ASSERT_FALSE(forged);
    EXPECT_EQ(forged.error().reason, Reason::Forged);
    EXPECT_EQ(forged.error().error, "AUTH: the signature is wrong");
}

TEST_P(WebhookTest, AChannelWithoutCallbacksOffersNone) {
    load("console", Medium::Email);
    const auto content = called("2");
    ASSERT_FALSE(content);
    EXPECT_EQ(content.error().reason, app::WebhookRefused::Reason::NotOffered);
}

} // namespace
} // namespace rota::testing
