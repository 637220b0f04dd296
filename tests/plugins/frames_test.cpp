#include "base/limits.hpp"
#include "plugin_host/call_meter.hpp"
#include "plugin_host/isolation/values.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <thread>

namespace rota::testing {
namespace {

using namespace plugin_host::isolation;
using namespace std::chrono_literals;

app::Message message() {
    app::Message message;
    message.medium = domain::Medium::Sms;
    message.deliveryId = "delivery-7";
    message.to = "+15550100123";
    message.text = std::string("zero \0 inside", 13);
    message.notAfter = base::fromUnixMs(-5);
    message.attachments = {{"a.ics", "text/calendar", std::string(3, '\xff')}, {"", "", ""}};
    return message;
}

TEST(FrameValues, AMessageComesOutAsItWentIn) {
    Packer packer;
    put(packer, message());
    const auto bytes = packer.take();
    Unpacker unpacker(bytes);
    const auto again = takeMessage(unpacker);
    EXPECT_EQ(again.medium, domain::Medium::Sms);
    EXPECT_EQ(again.deliveryId, "delivery-7");
    EXPECT_EQ(again.text, message().text);
    EXPECT_EQ(base::toUnixMs(again.notAfter), -5);
    ASSERT_EQ(again.attachments.size(), 2U);
    EXPECT_EQ(again.attachments[0].bytes, "\xff\xff\xff");
}

TEST(FrameValues, WhatACallbackReportsComesOutAsItWentIn) {
    app::WebhookContent content;
    content.events.push_back({app::ProviderEventType::OptedOut, base::fromUnixMs(7), "e", "p", "d", "r", "c", "why"});
    content.texts.push_back({base::fromUnixMs(8), "t", "+1", "+2", "STOP"});
    content.reply = {200, "text/xml", "<Response/>"};
    for (const WebhookAnswer& answer :
         {WebhookAnswer(content), WebhookAnswer(tl::unexpected(app::WebhookRefused{
                                      app::WebhookRefused::Reason::Malformed, "not understood"}))}) {
        Packer packer;
        put(packer, answer);
        const auto bytes = packer.take();
        Unpacker unpacker(bytes);
        const auto again = takeWebhookAnswer(unpacker);
        ASSERT_EQ(again.has_value(), answer.has_value());
        if (!again) {
            EXPECT_EQ(again.error().reason, app::WebhookRefused::Reason::Malformed);
            continue;
        }
        EXPECT_EQ(again->events.at(0).type, app::ProviderEventType::OptedOut);
        EXPECT_EQ(again->events.at(0).detail, "why");
        EXPECT_EQ(again->texts.at(0).text, "STOP");
        EXPECT_EQ(again->reply.body, "<Response/>");
    }
}

// A process whose memory a plugin has spoilt sends anything.
TEST(FrameValues, WhatIsCutOffAnywhereIsAnErrorAndNothingWorse) {
    Packer packer;
    put(packer, message());
    const auto bytes = packer.take();
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        const auto cut = bytes.substr(0, length);
        Unpacker unpacker(cut);
        EXPECT_THROW(takeMessage(unpacker), FrameError) << length;
    }
    const std::string huge("\xff\xff\xff\xff\xff\xff\xff\x7f", 8);
    EXPECT_THROW(Unpacker(huge).text(), FrameError);
    EXPECT_THROW(unpackProblems(huge), FrameError);
}

TEST(FrameValues, NoMoreComesOfACallbackThanAPluginInTheServerCouldGive) {
    app::WebhookContent content;
    content.texts.resize(base::limits::kWebhookEvents + 1);
    Packer packer;
    put(packer, WebhookAnswer(content));
    const auto bytes = packer.take();
    Unpacker unpacker(bytes);
    EXPECT_THROW(takeWebhookAnswer(unpacker), FrameError);
}

// What a plugin logs stands in the server's log: it cannot begin a line of its own there.
TEST(FrameValues, ALineIsOneLine) {
    using base::log::Level;
    const auto line =
        unpackLine(pack(base::log::Line{Level::Info,
                                        "sent\n2026 error forged",
                                        {{"a\nb", "x", true}, {"count", "3", false}, {"trap", "1 b=2", false}}}));
    EXPECT_EQ(line.event, "sent?2026 error forged");
    EXPECT_EQ(line.fields[0].key, "a?b");
    EXPECT_FALSE(line.fields[1].quoted);
    EXPECT_TRUE(line.fields[2].quoted);
}

class FrameSocketTest : public ::testing::Test {
protected:
    FrameSocketTest() : FrameSocketTest(pair()) {}

    FrameSocket ours_;
    FrameSocket theirs_;

private:
    struct Ends {
        int fds[2];
    };
    static Ends pair() {
        Ends ends{};
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.fds);
        return ends;
    }
    explicit FrameSocketTest(Ends ends)
        : ours_(base::FileDescriptor(ends.fds[0])), theirs_(base::FileDescriptor(ends.fds[1])) {}
};

TEST_F(FrameSocketTest, CarriesFramesOfAnySizeInTheirOrder) {
    const std::string large(8 << 20, 'x');
    std::thread sender([&] {
        for (std::uint64_t i = 0; i < 200; ++i)
            EXPECT_TRUE(ours_.send({FrameType::Call, i, i % 50 == 7 ? large : std::string(i, 'y')}));
    });
    Frame frame;
    for (std::uint64_t i = 0; i < 200;) {
        const auto received = theirs_.receive(frame, 5s);
        ASSERT_NE(received, FrameSocket::Received::Closed);
        if (received == FrameSocket::Received::Nothing) continue;
        EXPECT_EQ(frame.id, i);
        EXPECT_EQ(frame.payload.size(), i % 50 == 7 ? large.size() : i);
        ++i;
    }
    sender.join();
}

TEST_F(FrameSocketTest, SaysThatTheOtherSideIsGone) {
    Frame frame;
    EXPECT_EQ(ours_.receive(frame, 1ms), FrameSocket::Received::Nothing);
    EXPECT_TRUE(theirs_.send({FrameType::Ready, 0, "last words"}));
    theirs_.shutdown();
    EXPECT_EQ(ours_.receive(frame, 1s), FrameSocket::Received::Frame);
    EXPECT_EQ(frame.payload, "last words");
    EXPECT_EQ(ours_.receive(frame, 1s), FrameSocket::Received::Closed);
    EXPECT_FALSE(ours_.send({FrameType::End, 0, ""}));
}

TEST(CallMeter, TellsOfCallsErrorsAndTimes) {
    plugin_host::CallMeter meter;
    EXPECT_EQ(meter.read().p99, 0us);
    for (int i = 0; i < 98; ++i)
        meter.record(1ms, false);
    meter.record(80ms, true);
    meter.record(24h, true);
    const auto reading = meter.read();
    EXPECT_EQ(reading.calls, 100U);
    EXPECT_EQ(reading.errors, 2U);
    EXPECT_GE(reading.p50, 1ms);
    EXPECT_LT(reading.p50, 1300us);
    EXPECT_GE(reading.p99, 80ms);
    EXPECT_LT(reading.p99, 100ms);
}

} // namespace
} // namespace rota::testing
