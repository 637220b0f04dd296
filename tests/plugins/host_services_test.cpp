#include "base/log.hpp"
#include "plugin_host/host_services.hpp"
#include "support.hpp"

// The SDK's own side of the same services: both ends are held together here.
#include <rota/plugin.hpp>

#include <cmath>

namespace rota::testing {
namespace {

using plugin_host::HostServices;

class HostServicesTest : public ::testing::Test {
protected:
    FixedClock clock_;
    HostServices services_{"channel.test", {{"${env:ROTA_TEST_KEY}"}, {}}, clock_};
    Host host_{services_.abi()};
};

LocalTime local(int year, unsigned month, unsigned day, int hour, int minute) {
    return {std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day},
            std::chrono::hours{hour} + std::chrono::minutes{minute}};
}

rota_status failureOf(const std::function<void()>& work) {
    try {
        work();
        return ROTA_OK;
    } catch (const Failure& failure) {
        return failure.status();
    }
}

TEST_F(HostServicesTest, TimeIsTheInjectedClocks) {
    EXPECT_EQ(host_.now(), clock_.now());
    clock_.set(base::fromUnixMs(5));
    EXPECT_EQ(host_.now(), timePoint(5));
    EXPECT_EQ(host_.instance(), "channel.test");
}

TEST_F(HostServicesTest, SecretsAreServedToTheirOwnersOnly) {
    const Environment key("ROTA_TEST_KEY", "value");
    const Environment other("ROTA_TEST_OTHER", "other");
    EXPECT_EQ(host_.secret("${env:ROTA_TEST_KEY}"), "value");
    EXPECT_EQ(failureOf([&] { host_.secret("${env:ROTA_TEST_OTHER}"); }), ROTA_CONFIG);
    EXPECT_EQ(failureOf([&] { host_.secret("${file:/etc/passwd}"); }), ROTA_CONFIG);
    EXPECT_EQ(failureOf([&] { host_.secret("ROTA_TEST_KEY"); }), ROTA_CONFIG);
}

TEST_F(HostServicesTest, ASecretLongerThanTheBufferIsAskedForAgain) {
    const std::string value(3000, 'k');
    const Environment key("ROTA_TEST_KEY", value);
    EXPECT_EQ(host_.secret("${env:ROTA_TEST_KEY}"), value);

    char small[4] = {'x', 'x', 'x', 'x'};
    std::size_t length = 0;
    EXPECT_EQ(services_.abi()->secret(services_.abi(), sdk::borrowed("${env:ROTA_TEST_KEY}"), small, 3, &length),
              ROTA_BUFFER_TOO_SMALL);
    EXPECT_EQ(length, 3000U);
    EXPECT_EQ(small[0], 'x');
}

TEST_F(HostServicesTest, AChangedSecretIsServedAtOnce) {
    const Environment before("ROTA_TEST_KEY", "before");
    EXPECT_EQ(host_.secret("${env:ROTA_TEST_KEY}"), "before");
    const Environment after("ROTA_TEST_KEY", "after");
    EXPECT_EQ(host_.secret("${env:ROTA_TEST_KEY}"), "after");
    EXPECT_EQ(services_.redacted("before and after"), "*** and ***");
}

TEST_F(HostServicesTest, LocalTimes) {
    const std::string zone = "America/New_York";
    EXPECT_EQ(host_.toUtc(zone, local(2026, 1, 15, 9, 0)), timePoint(1'768'485'600'000));
    std::int64_t utc = 0;
    std::int32_t kind = -1;
    const auto kindOf = [&](std::int32_t year, std::int32_t month, std::int32_t day, std::int32_t hour,
                            std::int32_t minute) {
        const std::int32_t ymdhm[] = {year, month, day, hour, minute};
        const auto status = services_.abi()->local_to_utc(services_.abi(), sdk::borrowed(zone), ymdhm, &utc, &kind);
        return status == ROTA_OK ? kind : -status;
    };
    EXPECT_EQ(kindOf(2026, 3, 8, 1, 59), ROTA_LOCAL_UNIQUE);
    EXPECT_EQ(kindOf(2026, 3, 8, 2, 30), ROTA_LOCAL_SKIPPED);
    EXPECT_EQ(utc, 1'772'953'200'000) << "03:00 EDT";
    EXPECT_EQ(kindOf(2026, 3, 8, 3, 0), ROTA_LOCAL_UNIQUE);
    EXPECT_EQ(kindOf(2026, 11, 1, 0, 59), ROTA_LOCAL_UNIQUE);
    EXPECT_EQ(kindOf(2026, 11, 1, 1, 30), ROTA_LOCAL_TWICE);
    EXPECT_EQ(utc, 1'793'511'000'000) << "the earlier, in EDT";
    EXPECT_EQ(kindOf(2026, 11, 1, 2, 0), ROTA_LOCAL_UNIQUE);

    for (const auto& [month, day, hour] : {std::tuple{2, 30, 0}, {13, 1, 0}, {0, 1, 0}, {1, 1, 24}, {1, -1, 0}})
        EXPECT_EQ(kindOf(2026, month, day, hour, 0), -ROTA_UNSUPPORTED);
    EXPECT_EQ(failureOf([&] { host_.toUtc("Mars/Olympus", local(2026, 1, 1, 0, 0)); }), ROTA_CONFIG);
    EXPECT_EQ(failureOf([&] { host_.toLocal("", timePoint(0)); }), ROTA_CONFIG);
}

TEST_F(HostServicesTest, LocalTimesGoBothWays) {
    const auto there = host_.toLocal("Asia/Kathmandu", host_.toUtc("Asia/Kathmandu", local(2026, 7, 4, 13, 37)));
    EXPECT_EQ(there.date, local(2026, 7, 4, 0, 0).date);
    EXPECT_EQ(there.sinceMidnight, std::chrono::minutes{13 * 60 + 37});
    EXPECT_EQ(host_.toLocal("UTC", timePoint(-60'000)).date, local(1969, 12, 31, 0, 0).date);
}

TEST_F(HostServicesTest, CountersAreBounded) {
    host_.count("sent");
    host_.count("sent", 2.5);
    host_.count("sent", -1);
    host_.count("sent", std::nan(""));
    for (const char* name : {"", "Sent", "a b", "é"})
        host_.count(name);
    EXPECT_EQ(services_.counters(), (std::map<std::string, double>{{"sent", 3.5}}));
    for (int i = 0; i < 1000; ++i)
        host_.count("c" + std::to_string(i));
    EXPECT_EQ(services_.counters().size(), 100U);
}

TEST_F(HostServicesTest, LogsCarryTheInstance) {
    base::log::configure(base::log::Level::Info, base::log::Format::Json);
    const auto lines = captured(2, [&] {
        host_.debug("not shown");
        host_.warning("slow answer", R"({"ms": 12})");
        host_.error(std::string(10'000, 'x'));
    });
    EXPECT_EQ(lines.find("not shown"), std::string::npos);
    EXPECT_NE(lines.find(R"("instance":"channel.test","message":"slow answer")"), std::string::npos) << lines;
    EXPECT_LT(lines.size(), 5000U);
    base::log::configure(base::log::Level::Info, base::log::Format::Text);
}

TEST_F(HostServicesTest, HasNoExtensionsYet) {
    EXPECT_EQ(host_.extension("rota.host.anything/1"), nullptr);
}

} // namespace
} // namespace rota::testing
