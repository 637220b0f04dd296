#include "domain/delivery.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace rota::domain {
namespace {

TEST(DeliveryTest, ADeliveryIdNamesItsJob) {
    EXPECT_EQ(deliveryIdOf(base::JobId{7}), "rota-7");
    EXPECT_EQ(jobOfDelivery("rota-7"), base::JobId{7});
    for (const auto* text : {"", "7", "rota-", "rota-0", "rota--7", "rota-7x", "rota-99999999999999999999", "Rota-7"})
        EXPECT_FALSE(jobOfDelivery(text)) << text;
}

/// Of the same reports the same one stands in the end, whichever order they come in.
RC_GTEST_PROP(DeliveryProperties, TheOrderOfReportsDoesNotMatter, ()) {
    const auto report = rc::gen::map(rc::gen::pair(rc::gen::inRange(0, 3), rc::gen::inRange(0, 4)), [](auto pair) {
        return DeliveryReport{static_cast<Reported>(pair.first), base::fromUnixMs(pair.second)};
    });
    auto reports = *rc::gen::nonEmpty(rc::gen::container<std::vector<DeliveryReport>>(report));
    const auto standing = [](const std::vector<DeliveryReport>& all) {
        auto known = all.front();
        for (const auto& next : all)
            if (supersedes(next, known)) known = next;
        return known.what;
    };
    const auto first = standing(reports);
    std::ranges::reverse(reports);
    RC_ASSERT(standing(reports) == first);
    std::rotate(reports.begin(), reports.begin() + static_cast<std::ptrdiff_t>(reports.size() / 2), reports.end());
    RC_ASSERT(standing(reports) == first);
}

TEST(DeliveryTest, OneAddressHasOneKey) {
    EXPECT_EQ(addressKey("Zoe@Example.ORG"), "zoe@example.org");
    EXPECT_EQ(addressKey("+1 (555) 010-0199"), "+15550100199");
    EXPECT_EQ(addressKey("whatsapp"), "");
    EXPECT_EQ(mediumOfAddress("a@b"), Medium::Email);
    EXPECT_EQ(mediumOfAddress("+1555"), Medium::Sms);
}

TEST(DeliveryTest, OnlyAnAddressThatIsNoneIsNeverTriedAgain) {
    for (const auto* code : {"550", "551", "553", "5.1.1", "5.1.10", "5.2.1"})
        EXPECT_TRUE(saysNoSuchAddress(code)) << code;
    for (const auto* code :
         {"", "250", "421", "450", "552", "554", "4.1.1", "5.0.0", "5.2.2", "5.7.1", "5.4.4", "5550", "51.1"})
        EXPECT_FALSE(saysNoSuchAddress(code)) << code;
}

} // namespace
} // namespace rota::domain
