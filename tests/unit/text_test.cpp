#include "base/money.hpp"
#include "base/text.hpp"

#include <gtest/gtest.h>

namespace rota::base {
namespace {

TEST(Text, IsTrimmedOfSpacesAndTabs) {
    EXPECT_EQ(trimmed(" \t a b\t "), "a b");
    EXPECT_EQ(trimmed("a\n"), "a\n");
    EXPECT_EQ(trimmed(" \t"), "");
    EXPECT_EQ(trimmed(""), "");
}

TEST(Text, InLowerCaseChangesAsciiAlone) {
    EXPECT_EQ(lower("X-Twilio-SIGNATURE 09@["), "x-twilio-signature 09@[");
    EXPECT_EQ(lower("\xc3\x84"), "\xc3\x84") << "a part of a letter is none";
}

TEST(Text, OnOneLineCannotBeginAnother) {
    EXPECT_EQ(onOneLine("Ann\r\nBcc: x\x7f"), "Ann  Bcc: x ");
    EXPECT_EQ(onOneLine("José"), "José");
}

TEST(Money, HasCentsWhereThereAreAny) {
    EXPECT_EQ(formatMoney(5000), "$50");
    EXPECT_EQ(formatMoney(1250), "$12.50");
    EXPECT_EQ(formatMoney(5), "$0.05");
    EXPECT_EQ(formatMoney(0), "$0");
}

} // namespace
} // namespace rota::base
