#include "plugin_host/mime.hpp"
#include "provider_channel.hpp"

#include <rota/web.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

namespace rota::testing {
namespace {

using app::SendStatus;
using domain::Medium;
using Kind = Behaviour::Kind;
using ::testing::HasSubstr;

class SmtpTest : public ProviderTest {
protected:
    void load(plugin_host::PluginConfig more = {}, base::Milliseconds timeout = std::chrono::seconds{5}) {
        more.merge(plugin_host::PluginConfig{{"host", "127.0.0.1"},
                                             {"port", std::to_string(fake_.smtpPort())},
                                             {"tls", "none"},
                                             {"user", FakeAccount::kMailUser},
                                             {"password", "${env:ROTA_TEST_MAIL_PASSWORD}"},
                                             {"from", "visits@clinic.example"},
                                             {"from_name", "Riverside Clinic"}});
        ProviderTest::load("smtp", Medium::Email, more, timeout);
    }

    app::SendResult send() { return channel_->send(message(Medium::Email, "emma@example.com"), 1); }
    app::SendResult sendTo(const Behaviour& behaviour) {
        fake_.memory().behave("smtp", behaviour);
        return send();
    }
    std::string lastSent() { return fake_.memory().taken("smtp").back().content["data"]; }

    const Environment password_{"ROTA_TEST_MAIL_PASSWORD", FakeAccount::kMailPassword};
};

TEST_F(SmtpTest, SendsTextHtmlAndCalendar) {
    load({{"reply_to", "desk@clinic.example"}});
    auto mail = message(Medium::Email, "emma@example.com");
    mail.toName = "Émma \"E.\" Wilson";
    mail.subject = "Termin bestätigt";
    mail.text = "Dear Emma,\n.\n..dots, and é\n";
    mail.attachments.push_back({"appointment.ics", "text/calendar; method=REQUEST; charset=utf-8", "BEGIN:VCALENDAR"});
    const auto result = channel_->send(mail, 1);
    EXPECT_EQ(result.status, SendStatus::Sent) << result.error;
    EXPECT_EQ(result.providerMessageId, "delivery-7@clinic.example");
    const auto taken = fake_.memory().taken("smtp").at(0);
    EXPECT_EQ(taken.deliveryId, "delivery-7");
    EXPECT_EQ(taken.to, "emma@example.com");
    EXPECT_EQ(taken.content["from"], "visits@clinic.example");
    const auto data = lastSent();
    for (const char* part :
         {"From: \"Riverside Clinic\" <visits@clinic.example>\r\n",
          "To: =?UTF-8?B?w4ltbWEgIkUuIiBXaWxzb24=?= <emma@example.com>\r\n", "Reply-To: <desk@clinic.example>\r\n",
          "Subject: =?UTF-8?B?VGVybWluIGJlc3TDpHRpZ3Q=?=\r\n", "Message-ID: <delivery-7@clinic.example>\r\n",
          "Auto-Submitted: auto-generated\r\n", "Mime-Version: 1.0\r\n", "Content-Type: multipart/mixed; boundary=",
          "Content-Type: multipart/alternative; boundary=", "Content-Type: text/plain; charset=UTF-8\r\n",
          "Content-Type: text/html; charset=UTF-8\r\n", "and =C3=A9", "<p>See you at 9:00 AM</p>", "text/calendar",
          "method=REQUEST", "appointment.ics", "QkVHSU46VkNBTEVOREFS"})
        EXPECT_THAT(data, HasSubstr(part));
    EXPECT_THAT(data, ::testing::ContainsRegex("Date: [A-Z][a-z][a-z], [0-9]+ [A-Z][a-z][a-z] [0-9]+ [0-9:]+ GMT\r"));
    // Every line ends with CRLF, and none is longer than a server takes.
    std::istringstream lines(data + "\r\n");
    for (std::string line; std::getline(lines, line);) {
        EXPECT_TRUE(line.ends_with('\r')) << line;
        EXPECT_LE(line.size(), 200U) << line;
    }
}

TEST_F(SmtpTest, SaysWhatEachReplyMeans) {
    load();
    const auto reply = [](const char* command, int status) {
        return Behaviour{.kind = Kind::Answer, .status = status, .field = command};
    };
    const std::vector<std::pair<Behaviour, SendStatus>> expected{
        {reply("MAIL", 451), SendStatus::Retry},  {reply("MAIL", 550), SendStatus::Failed},
        {reply("MAIL", 530), SendStatus::Broken}, {reply("RCPT", 450), SendStatus::Retry},
        {reply("RCPT", 550), SendStatus::Failed}, {reply("DATA", 451), SendStatus::Retry},
        {reply("DATA", 554), SendStatus::Failed}, {reply(".", 452), SendStatus::Retry},
        {reply(".", 554), SendStatus::Failed}};
    for (const auto& [behaviour, status] : expected) {
        const auto result = sendTo(behaviour);
        EXPECT_EQ(result.status, status) << behaviour.field << behaviour.status << result.error;
        EXPECT_EQ(result.providerCode, std::to_string(behaviour.status)) << behaviour.field;
        EXPECT_EQ(result.error.find("emma"), std::string::npos) << result.error;
    }
    EXPECT_TRUE(fake_.memory().taken().empty());
}

TEST_F(SmtpTest, WhereItBreaksDecidesWhetherItMayBeSentAgain) {
    load({}, std::chrono::milliseconds{500});
    EXPECT_EQ(sendTo({.kind = Kind::HangBeforeReading}).status, SendStatus::Retry);
    EXPECT_EQ(sendTo({.kind = Kind::ResetMidBody}).status, SendStatus::UnknownOutcome);
    EXPECT_TRUE(fake_.memory().taken().empty());
    EXPECT_EQ(sendTo({.kind = Kind::HangAfterAccepting}).status, SendStatus::UnknownOutcome);
    EXPECT_EQ(sendTo({.kind = Kind::CloseAfterAccepting}).status, SendStatus::UnknownOutcome);
    EXPECT_EQ(fake_.memory().taken().size(), 2U);
    EXPECT_EQ(sendTo({}).status, SendStatus::Sent);
    load({{"port", "1"}});
    EXPECT_EQ(send().status, SendStatus::Retry);
}

TEST_F(SmtpTest, APasswordThatIsNotTakenBreaksTheInstance) {
    load();
    EXPECT_FALSE(channel_->ailment());
    const Environment wrong("ROTA_TEST_MAIL_PASSWORD", "wrong-password");
    const auto result = send();
    EXPECT_EQ(result.status, SendStatus::Broken) << result.error;
    EXPECT_EQ(result.error.find("wrong-password"), std::string::npos);
    ASSERT_TRUE(channel_->ailment());
}

// The fake offers no TLS, as somebody on the way could pretend.
TEST_F(SmtpTest, NothingIsSaidToAServerWithoutTheTlsThatIsRequired) {
    load({{"tls", "starttls"}});
    EXPECT_EQ(send().status, SendStatus::Retry);
    EXPECT_EQ(fake_.memory().summary("smtp")["requests"], 0);
    load({{"tls", "opportunistic"}});
    EXPECT_EQ(send().status, SendStatus::Sent);
}

class SmtpTlsTest : public SmtpTest {
protected:
    void load(const std::string& tls, const TestAuthority& trusted, const std::string& host = "localhost") {
        SmtpTest::load(
            {{"tls", tls}, {"host", host}, {"ca_file", directory_.write("authority.pem", trusted.certificate())}});
    }
    void serve(const std::string& host, bool implicit = false) {
        fake_.secureMail({.identity = authority_.issue(host), .implicit = implicit});
    }
    void expectSentWithinTls() {
        const auto result = send();
        EXPECT_EQ(result.status, SendStatus::Sent) << result.error;
        EXPECT_EQ(fake_.memory().taken("smtp").back().content["tls"], true);
    }
    /// Certainly not sent, and so safe with another server later.
    void expectNothingSaid() {
        const auto result = send();
        EXPECT_EQ(result.status, SendStatus::Retry);
        EXPECT_THAT(result.error, HasSubstr("certificate"));
        EXPECT_EQ(fake_.memory().summary("smtp")["requests"], 0) << "not even the sender";
    }

    const TemporaryDirectory directory_;
    const TestAuthority authority_;
    const TestAuthority stranger_{"Another authority"};
};

TEST_F(SmtpTlsTest, SendsToAServerThatProvesItsName) {
    serve("localhost");
    load("starttls", authority_);
    expectSentWithinTls();
    EXPECT_FALSE(channel_->ailment());
    load("opportunistic", authority_);
    expectSentWithinTls();
    serve("localhost", true);
    load("implicit", authority_);
    expectSentWithinTls();
}

TEST_F(SmtpTlsTest, ACertificateOfAnUnknownAuthorityIsRefused) {
    for (const bool implicit : {false, true}) {
        serve("localhost", implicit);
        load(implicit ? "implicit" : "starttls", stranger_);
        expectNothingSaid();
    }
    serve("localhost");
    load("opportunistic", stranger_);
    expectNothingSaid();
}

TEST_F(SmtpTlsTest, AnotherServersCertificateIsRefused) {
    serve("mail.elsewhere.example");
    load("starttls", authority_);
    expectNothingSaid();
}

TEST_F(SmtpTest, NamesTheKeyOfAWrongConfiguration) {
    const auto subject = [&](plugin_host::PluginConfig config) {
        config.merge(plugin_host::PluginConfig{{"host", "mail.clinic.example"}, {"from", "visits@clinic.example"}});
        return theProblem(settingsWith("smtp", Medium::Email, config)).subject;
    };
    EXPECT_EQ(subject({{"user", "rota"}}), "channel.test.config.password");
    EXPECT_EQ(subject({{"user", "rota"}, {"password", "${env:ROTA_TEST_MAIL_PASSWORD}"}, {"tls", "opportunistic"}}),
              "channel.test.config.tls");
    EXPECT_EQ(subject({{"host", "mail.clinic.example/x"}}), "channel.test.config.host");
    EXPECT_EQ(subject({{"tls", "ssl"}}), "channel.test.config.tls");
}

// A name or subject is whatever somebody typed: it must not become a header of its own.
TEST(Mime, ALineBreakBeginsNoHeader) {
    const std::string encoded = plugin_host::encodedWords("Visit\r\nBcc: everybody@example.com");
    EXPECT_EQ(encoded.find("Bcc"), std::string::npos);
    EXPECT_EQ(encoded, "=?UTF-8?B?" + web::base64("Visit\r\nBcc: everybody@example.com") + "?=");
}

TEST(Mime, ALongTextIsFoldedBetweenCharacters) {
    std::string text;
    for (int i = 0; i < 60; ++i)
        text += "é✓";
    std::istringstream lines(plugin_host::encodedWords(text));
    std::string decoded;
    for (std::string word; lines >> word;) {
        ASSERT_LE(word.size(), 75U);
        ASSERT_TRUE(word.starts_with("=?UTF-8?B?") && word.ends_with("?="));
        const auto part = web::fromBase64(word.substr(10, word.size() - 12)).value();
        EXPECT_NE(static_cast<unsigned char>(part[0]) & 0xC0U, 0x80U) << "a character was cut";
        decoded += part;
    }
    EXPECT_EQ(decoded, text);
}

} // namespace
} // namespace rota::testing
