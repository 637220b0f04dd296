#include "http/commands.hpp"
#include "support/example_times.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rota::http {
namespace {

using namespace std::chrono_literals;
using rota::testing::kZone;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr base::Date kToday{std::chrono::year{2026}, std::chrono::March, std::chrono::day{2}};

const std::string kBooking =
    R"({"doctor_id":3,"patient_id":4,"start_time":"2026-03-10T09:00","duration":30,"type":"follow-up"})";

Request withBody(std::string body) {
    Request request;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = std::move(body);
    return request;
}

std::vector<std::string> fieldsOf(const FieldErrors& errors) {
    std::vector<std::string> fields;
    for (const auto& error : errors)
        fields.push_back(error.field);
    return fields;
}

/// The fields named for a booking in which one member is another.
std::vector<std::string> wrongIn(const std::string& member, const std::string& value) {
    auto body = nlohmann::json::parse(kBooking);
    body[member] = nlohmann::json::parse(value);
    const auto parsed = parseBooking(body, kZone);
    return parsed ? std::vector<std::string>{} : fieldsOf(parsed.error());
}

// ---- the body ---------------------------------------------------------------------------------------------------

std::string refusedBody(const std::string& body) {
    const auto parsed = parseJsonObject(withBody(body));
    if (parsed) return "";
    const auto answer = nlohmann::json::parse(parsed.error().body);
    EXPECT_EQ(parsed.error().status, 400);
    EXPECT_EQ(answer["error"], "Validation failed");
    EXPECT_EQ(answer["details"][0]["field"], "body");
    return answer["details"][0]["message"];
}

TEST(JsonBody, IsAnObjectInUtf8) {
    EXPECT_EQ(refusedBody(R"({"name":"José"})"), "");
    EXPECT_EQ(refusedBody(R"(["a"])"), "Must be a JSON object");
    EXPECT_EQ(refusedBody("null"), "Must be a JSON object");
    for (const auto* broken :
         {"", "{", R"({"a":1,})", R"({"a":1}x)", "{'a':1}", R"({"a":01})", R"({"a":1e999})", R"({"a":NaN})",
          "{\"a\":\"\xff\"}", "{\"a\":\"\xc0\xaf\"}", R"({"a":"\ud800"})", "{\"a\":\"\n\"}", "\xff\xfe{}"})
        EXPECT_EQ(refusedBody(broken), "Must be valid JSON in UTF-8") << broken;
}

TEST(JsonBody, CanBeReadInOneWayOnly) {
    EXPECT_EQ(refusedBody(R"({"a":1,"a":2})"), "Must not have the same member twice");
    EXPECT_EQ(refusedBody(R"({"a":{"b":1,"\u0062":2}})"), "Must not have the same member twice");
    EXPECT_EQ(refusedBody(R"({"a":{"b":1},"c":{"b":1}})"), "");
}

TEST(JsonBody, IsNotNestedDeep) {
    const auto nested = [](std::size_t depth) {
        return R"({"a":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    EXPECT_EQ(refusedBody(nested(10)), "");
    EXPECT_EQ(refusedBody(nested(30'000)), "Must not be nested that deep");
    EXPECT_EQ(refusedBody(R"({"a":)" + std::string(60'000, '[')), "Must not be nested that deep");
}

TEST(JsonBody, IsCalledJson) {
    const auto statusOf = [](const Request& request) {
        const auto parsed = parseJsonObject(request);
        return parsed ? 0 : parsed.error().status;
    };
    const auto statusFor = [&](const std::string& type) {
        auto request = withBody("{}");
        request.headers = {{"content-type", type}};
        return statusOf(request);
    };
    EXPECT_EQ(statusFor("application/json"), 0);
    EXPECT_EQ(statusFor("Application/JSON ; charset=utf-8"), 0);
    EXPECT_EQ(statusFor("text/plain"), 415);
    EXPECT_EQ(statusFor("application/x-www-form-urlencoded"), 415);
    EXPECT_EQ(statusFor("application/jsonx"), 415);
    auto unnamed = withBody("{}");
    unnamed.headers.clear();
    EXPECT_EQ(statusOf(unnamed), 415) << "a browser sends such for a page of any origin";
    unnamed.body.clear();
    EXPECT_EQ(statusOf(unnamed), 400) << "there is nothing to name";
}

// ---- bookings ---------------------------------------------------------------------------------------------------

TEST(Booking, BecomesACommand) {
    const auto wanted = parseBooking(nlohmann::json::parse(kBooking), kZone);
    ASSERT_TRUE(wanted);
    EXPECT_EQ(wanted->doctor, base::DoctorId{3});
    EXPECT_EQ(wanted->patient, base::PatientId{4});
    EXPECT_EQ(kZone.iso(wanted->start), "2026-03-10T09:00:00-04:00");
    EXPECT_EQ(wanted->duration, 30min);
    EXPECT_EQ(wanted->type, domain::VisitType::FollowUp);
}

TEST(Booking, NamesEveryFieldThatIsWrong) {
    const auto nothing = parseBooking(nlohmann::json::object(), kZone);
    ASSERT_FALSE(nothing);
    EXPECT_THAT(fieldsOf(nothing.error()), ElementsAre("doctor_id", "patient_id", "start_time", "duration", "type"));
    EXPECT_EQ(nothing.error()[0].message, "Is required");

    const auto wrong = parseBooking(
        nlohmann::json::parse(R"({"doctor_id":"1","patient_id":[],"start_time":5,"duration":"30","type":true})"),
        kZone);
    ASSERT_FALSE(wrong);
    EXPECT_THAT(fieldsOf(wrong.error()), ElementsAre("doctor_id", "patient_id", "start_time", "duration", "type"));
}

TEST(Booking, TakesIdsThatCanBe) {
    for (const auto* value : {"1", "9000000000000000"})
        EXPECT_THAT(wrongIn("doctor_id", value), ElementsAre()) << value;
    for (const auto* value : {"0", "-1", "-9223372036854775808", "9000000000000001", "18446744073709551615",
                              "99999999999999999999999", "1.0", "1.5", "\"1\"", "null", "true", "[1]", "{}"})
        EXPECT_THAT(wrongIn("doctor_id", value), ElementsAre("doctor_id")) << value;
}

TEST(Booking, TakesTheThreeDurations) {
    for (const auto* value : {"15", "30", "60"})
        EXPECT_THAT(wrongIn("duration", value), ElementsAre()) << value;
    for (const auto* value : {"30.5", "30.0", "45", "0", "-30", "\"30\"", "9000000000000000", "-9223372036854775808"})
        EXPECT_THAT(wrongIn("duration", value), ElementsAre("duration")) << value;
    auto body = nlohmann::json::parse(kBooking);
    body["duration"] = 30.5;
    EXPECT_THAT(parseBooking(body, kZone).error(), ElementsAre(FieldError{"duration", "Must be one of 15, 30, 60"}));
}

TEST(Booking, TakesTimesThatExist) {
    for (const auto* value : {R"("2026-03-10T09:00:00-04:00")", R"("2026-03-10T13:00Z")", R"("2026-03-10T09:00")"})
        EXPECT_THAT(wrongIn("start_time", value), ElementsAre()) << value;
    for (const auto* value : {R"("tomorrow")", R"("2026-02-30T09:00")", R"("2026-03-08T02:30")",
                              R"("2026-03-10T09:00:30")", R"("2026-03-10")", R"("")", "1773147600"})
        EXPECT_THAT(wrongIn("start_time", value), ElementsAre("start_time")) << value;
}

TEST(Booking, IgnoresMembersThatItDoesNotKnow) {
    EXPECT_THAT(wrongIn("status", R"("cancelled")"), ElementsAre());
    EXPECT_THAT(wrongIn("type", R"("surgery")"), ElementsAre("type"));
}

// ---- patients ---------------------------------------------------------------------------------------------------

TEST(PatientForm, NamesWrongTypesAndWrongFormatsTogether) {
    const auto form =
        parsePatientForm(nlohmann::json::parse(R"({"name":7,"email":"nobody","date_of_birth":"2026-03-02"})"), kToday);
    ASSERT_FALSE(form);
    EXPECT_THAT(fieldsOf(form.error()), UnorderedElementsAre("name", "email", "phone", "date_of_birth"));
    EXPECT_THAT(form.error(), ::testing::Contains(FieldError{"email", "Invalid email format"}));
    EXPECT_THAT(form.error(), ::testing::Contains(FieldError{"phone", "Is required"}));
    EXPECT_THAT(form.error(), ::testing::Contains(FieldError{"name", "Must be a string"}));
}

TEST(PatientForm, IsTakenAsItCame) {
    const auto form = parsePatientForm(
        nlohmann::json::parse(
            R"({"name":" Ana Ruiz ","email":"a@b.org","phone":"212-555-0101","date_of_birth":"1990-01-31"})"),
        kToday);
    ASSERT_TRUE(form);
    EXPECT_EQ(form->name, " Ana Ruiz ");
    EXPECT_EQ(form->dateOfBirth, "1990-01-31");
}

// ---- queries and paths ------------------------------------------------------------------------------------------

tl::expected<AvailabilityWanted, FieldErrors> availability(const std::string& query) {
    Request request;
    request.query = query;
    return parseAvailability(request);
}

TEST(Availability, TakesDateDurationAndType) {
    const auto plain = availability("date=2026-03-10");
    ASSERT_TRUE(plain);
    EXPECT_EQ(base::formatDate(plain->date), "2026-03-10");
    EXPECT_EQ(plain->duration, 30min);
    EXPECT_EQ(plain->type, domain::VisitType::Standard);

    const auto full = availability("x=%zz&type=follow%2Dup&duration=15&date=2026%2d03-10&&utm=1&utm=2");
    ASSERT_TRUE(full);
    EXPECT_EQ(full->duration, 15min);
    EXPECT_EQ(full->type, domain::VisitType::FollowUp);
}

TEST(Availability, OffersANewPatientTheHourThatIsNeeded) {
    EXPECT_EQ(availability("date=2026-03-10&type=new-patient")->duration, 60min);
    EXPECT_EQ(availability("date=2026-03-10&type=new-patient&duration=15")->duration, 15min);
}

TEST(Availability, NamesEveryParameterThatIsWrong) {
    const auto wrong = [](const std::string& query) {
        const auto parsed = availability(query);
        return parsed ? std::vector<std::string>{} : fieldsOf(parsed.error());
    };
    EXPECT_THAT(wrong(""), ElementsAre("date"));
    EXPECT_THAT(wrong("date="), ElementsAre("date"));
    EXPECT_THAT(wrong("date=2026-02-29"), ElementsAre("date"));
    EXPECT_THAT(wrong("date=2026-3-1"), ElementsAre("date"));
    EXPECT_THAT(wrong("date=0001-01-01"), ElementsAre("date"));
    EXPECT_THAT(wrong("from=9999-12-30&to=9999-12-31"), ElementsAre("from", "to"));
    EXPECT_THAT(wrong("date=2026-03-10&date=2026-03-10"), ElementsAre("date"));
    EXPECT_THAT(wrong("date=%zz"), ElementsAre("date"));
    EXPECT_THAT(wrong("date=2026-03-10&duration=+30"), ElementsAre("duration"));
    EXPECT_THAT(wrong("date=2026-03-10&duration=030"), ElementsAre("duration"));
    EXPECT_THAT(wrong("date=2026-03-10&duration=30.0"), ElementsAre("duration"));
    EXPECT_THAT(wrong("date=2026-03-10&duration="), ElementsAre("duration"));
    EXPECT_THAT(wrong("date=1&duration=20&type=x"), ElementsAre("date", "type", "duration"));
}

TEST(PathId, IsAPositiveInteger) {
    const auto id = [](const std::string& text) {
        Request request;
        request.pathParameters = {{"id", text}};
        return parsePathId(request).value_or(0);
    };
    EXPECT_EQ(id("1"), 1);
    EXPECT_EQ(id("9000000000000000"), kLargestId);
    for (const auto* text : {"0", "-1", "+1", "01", "1.0", "abc", "", " 1", "1 ", "1e3", "9000000000000001",
                             "99999999999999999999", "0x1", "\xd9\xa1"})
        EXPECT_EQ(id(text), 0) << text;
}

} // namespace
} // namespace rota::http
