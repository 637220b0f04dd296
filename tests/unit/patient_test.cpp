#include "base/utf8.hpp"
#include "domain/patient.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace rota::domain {
namespace {

constexpr base::Date kToday{std::chrono::year{2026}, std::chrono::March, std::chrono::day{10}};

PatientForm good() {
    return {"Ann Example", "ann@example.org", "555-123-4567", "1990-01-31"};
}

std::vector<FieldError> errorsOf(const PatientForm& form) {
    const auto patient = parsePatient(form, kToday);
    return patient ? std::vector<FieldError>{} : patient.error();
}

std::vector<FieldError> errorsOfName(std::string name) {
    auto form = good();
    form.name = std::move(name);
    return errorsOf(form);
}

std::vector<FieldError> errorsOfBirth(std::string birth) {
    auto form = good();
    form.dateOfBirth = std::move(birth);
    return errorsOf(form);
}

TEST(PatientForm, BecomesAPatient) {
    auto form = good();
    form.name = "  Ann Example\u00A0 ";
    const auto patient = parsePatient(form, kToday);
    ASSERT_TRUE(patient);
    EXPECT_EQ(patient->name, "Ann Example");
    EXPECT_EQ(patient->email, "ann@example.org");
    EXPECT_EQ(patient->phone, "555-123-4567");
    EXPECT_EQ(patient->dateOfBirth, base::Date(std::chrono::year{1990}, std::chrono::January, std::chrono::day{31}));
}

TEST(PatientForm, TellsEveryFieldThatIsWrong) {
    EXPECT_EQ(errorsOf({"", "nobody", "12", "then"}),
              (std::vector<FieldError>{{"name", "Name is required"},
                                       {"email", "Invalid email format"},
                                       {"phone", "Invalid phone format"},
                                       {"date_of_birth", "Invalid date format"}}));
}

TEST(PatientForm, NamesHaveUpToAHundredCharacters) {
    std::string hundred;
    for (int i = 0; i < 100; ++i)
        hundred += "é";
    EXPECT_TRUE(errorsOfName(hundred).empty()) << "characters count, not bytes";
    EXPECT_EQ(errorsOfName(hundred + "é"), (std::vector<FieldError>{{"name", "Name must be at most 100 characters"}}));
    EXPECT_TRUE(errorsOfName("X").empty());
    EXPECT_TRUE(errorsOfName("李小龍").empty());
    EXPECT_EQ(errorsOfName(" \t ").front().message, "Name is required");
    EXPECT_EQ(errorsOfName("\u0301").front().message, "Name is required") << "an accent alone is no name";
    EXPECT_EQ(errorsOfName("Ann\r\nBcc: all@example.org").front().message, "Invalid name");
    EXPECT_EQ(errorsOfName(std::string{"Ann\0B", 5}).front().message, "Invalid name");
    EXPECT_EQ(errorsOfName("\xC3").front().message, "Invalid name");
}

TEST(PatientForm, KnowsEmailAddresses) {
    const std::string longLocal(64, 'a');
    for (const auto& email :
         {std::string{"a@b.co"}, std::string{"first.last+tag@sub.example.org"}, std::string{"o'neil@example.org"},
          std::string{"x_1-2@xn--bcher-kva.example"}, std::string{"a@1.example"}, longLocal + "@example.org"}) {
        auto form = good();
        form.email = email;
        EXPECT_TRUE(errorsOf(form).empty()) << email;
    }
    const std::string longLabel(64, 'b');
    std::string tooLong = "a@";
    while (tooLong.size() < 260)
        tooLong += "label.";
    for (const auto& email : {std::string{},
                              std::string{"a"},
                              std::string{"@b.co"},
                              std::string{"a@"},
                              std::string{"a@b"},
                              std::string{"a@b."},
                              std::string{"a@.co"},
                              std::string{"a@b..co"},
                              std::string{".a@b.co"},
                              std::string{"a.@b.co"},
                              std::string{"a..b@b.co"},
                              std::string{"a@b@c.co"},
                              std::string{"a b@c.co"},
                              std::string{" a@b.co"},
                              std::string{"a@b.co "},
                              std::string{"a@b.co\n"},
                              std::string{"a@-b.co"},
                              std::string{"a@b-.co"},
                              std::string{"a@b.c"},
                              std::string{"a@1.2.3.4"},
                              std::string{"\"a\"@b.co"},
                              std::string{"a,b@c.co"},
                              std::string{"<a@b.co>"},
                              std::string{"é@b.co"},
                              longLocal + "a@example.org",
                              "a@" + longLabel + ".co",
                              tooLong + "co"}) {
        auto form = good();
        form.email = email;
        EXPECT_EQ(errorsOf(form), (std::vector<FieldError>{{"email", "Invalid email format"}})) << email;
    }
}

TEST(PatientForm, KnowsPhones) {
    for (const auto* phone : {"", "5551234567", "555-1234567", "555-123-456", "555-123-45678", "(555) 123-4567",
                              "+1-555-123-4567", "555-123-456a", " 555-123-4567", "555.123.4567"}) {
        auto form = good();
        form.phone = phone;
        EXPECT_EQ(errorsOf(form), (std::vector<FieldError>{{"phone", "Invalid phone format"}})) << phone;
    }
}

TEST(PatientForm, BirthIsARealDayInThePastAndNotBefore1900) {
    EXPECT_TRUE(errorsOfBirth("2026-03-09").empty());
    EXPECT_TRUE(errorsOfBirth("1900-01-01").empty());
    EXPECT_TRUE(errorsOfBirth("2024-02-29").empty());
    const auto message = [](const std::string& birth) { return errorsOfBirth(birth).front().message; };
    EXPECT_EQ(message("2026-03-10"), "Date of birth must be in the past");
    EXPECT_EQ(message("2999-01-01"), "Date of birth must be in the past");
    EXPECT_EQ(message("1899-12-31"), "Date of birth must not be before 1900");
    EXPECT_EQ(message("2025-02-29"), "Invalid date format");
    EXPECT_EQ(message("31.01.1990"), "Invalid date format");
}

TEST(NameKey, LeavesOutCaseAccentsAndSpaces) {
    EXPECT_EQ(nameKey("  Ann \t Marie\u00A0 Example "), "ann marie example");
    EXPECT_EQ(nameKey("Zoë Núñez"), "zoe nunez");
    EXPECT_EQ(nameKey("ÅSE ØSTERGÅRD"), nameKey("Åse Østergård"));
    EXPECT_EQ(nameKey("Łukasz Żółć"), "lukasz zolc");
    EXPECT_EQ(nameKey("Weiß"), nameKey("WEISS"));
    EXPECT_EQ(nameKey("Dvořák Šafařík Ţepeş Țepeș"), "dvorak safarik tepes tepes");
    EXPECT_EQ(nameKey("Nguyễn Thị Ánh"), "nguyen thi anh");
    EXPECT_EQ(nameKey("ΓΙΏΡΓΟΣ"), nameKey("Γιώργος"));
    EXPECT_EQ(nameKey("ЕЛЕНА Соловьёва"), nameKey("Елена СОЛОВЬЕВА"));
    EXPECT_EQ(nameKey("李 小龍"), "李 小龍");
    EXPECT_EQ(nameKey(""), "");
}

TEST(NameKey, DoesNotMindHowAccentsAreWritten) {
    EXPECT_EQ(nameKey("Zoe\u0308 Nu\u0301n\u0303ez"), nameKey("Zoë Núñez"));
    EXPECT_EQ(nameKey("Андреи\u0306"), nameKey("Андрей"));
    EXPECT_EQ(nameKey("\u0301"), "");
}

TEST(NameKey, KeepsDifferentNamesApart) {
    EXPECT_NE(nameKey("Max Example"), nameKey("Mac Example"));
    EXPECT_NE(nameKey("Ann Marie"), nameKey("Annmarie"));
    EXPECT_NE(nameKey("O'Neil"), nameKey("ONeil"));
    EXPECT_EQ(nameKey("\xFF"), "\xFF");
}

RC_GTEST_PROP(NameKeyProperty, IsItsOwnKey, ()) {
    const auto name = base::toUtf8(*rc::gen::container<std::u32string>(
        rc::gen::oneOf(rc::gen::inRange<char32_t>(0x20, 0x500), rc::gen::inRange<char32_t>(0x1E00, 0x3002))));
    RC_ASSERT(nameKey(nameKey(name)) == nameKey(name));
    RC_ASSERT(nameKey(" " + name + "  ") == nameKey(name));
}

RC_GTEST_PROP(NameKeyProperty, TakesAnyBytes, (const std::string& bytes)) {
    const auto key = nameKey(bytes);
    RC_ASSERT(base::fromUtf8(bytes).has_value() == base::fromUtf8(key).has_value());
    parsePatient({bytes, bytes, bytes, bytes}, kToday);
}

} // namespace
} // namespace rota::domain
