#include "base/utf8.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace rota::base {
namespace {

TEST(Utf8, TakesOnlyWhatIsWellFormed) {
    EXPECT_EQ(fromUtf8("aé€😀"), U"aé€😀");
    EXPECT_EQ(fromUtf8(""), U"");
    for (const auto* bytes :
         {"\x80", "\xC3", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
          "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xE2\x82", "\xE2\x28\xA1", "\xFF"})
        EXPECT_FALSE(fromUtf8(bytes)) << bytes;
}

RC_GTEST_PROP(Utf8Property, ComesBack, ()) {
    const auto text = *rc::gen::container<std::u32string>(
        rc::gen::oneOf(rc::gen::inRange<char32_t>(0, 0xD800), rc::gen::inRange<char32_t>(0xE000, 0x110000)));
    RC_ASSERT(fromUtf8(toUtf8(text)) == text);
}

} // namespace
} // namespace rota::base
