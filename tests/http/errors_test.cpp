#include "clinic.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::chrono::days;
using ::testing::HasSubstr;
using ::testing::Not;

/// The answer to everything that can be wrong, byte for byte: "error" comes first, and programs read it.
class ErrorsTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        clinic_ = new Clinic;
        clinic_->start();
        // Who works for an hour on Mondays, so that all free times of that day can be written down here.
        doctor_ = clinic_->insertDoctor("Dr. One Hour");
        clinic_->insertHours(doctor_, 1, "09:00", "10:00");
    }
    static void TearDownTestSuite() {
        EXPECT_EQ(clinic_->server->stop(), 0) << clinic_->server->output();
        delete clinic_;
    }

    static Clinic& clinic() { return *clinic_; }
    static std::int64_t doctor() { return doctor_; }

    static void expectAnswer(const HttpAnswer& answer, int status, const std::string& body) {
        EXPECT_EQ(answer.status, status);
        EXPECT_EQ(answer.body, body);
        EXPECT_EQ(answer.header("Content-Type"), "application/json; charset=utf-8");
    }
    static void expectError(const HttpAnswer& answer, int status, const std::string& message) {
        expectAnswer(answer, status, R"({"error":")" + message + R"("})");
    }
    /// `details` as {field, message}.
    static void expectInvalid(const HttpAnswer& answer,
                              const std::vector<std::pair<std::string, std::string>>& details) {
        std::string list;
        for (const auto& [field, message] : details)
            list += fmt::format(R"({}{{"field":"{}","message":"{}"}})", list.empty() ? "" : ",", field, message);
        expectAnswer(answer, 400, R"({"error":"Validation failed","details":[)" + list + "]}");
    }

    static HttpAnswer ask(const std::string& method, const std::string& path, const std::string& body = "",
                          const std::string& headers = "") {
        return clinic().connect().request(method, path, body, headers);
    }

    const base::Date monday_ = comingDay(std::chrono::Monday);

private:
    static Clinic* clinic_;
    static std::int64_t doctor_;
};

Clinic* ErrorsTest::clinic_ = nullptr;
std::int64_t ErrorsTest::doctor_ = 0;

TEST_F(ErrorsTest, NamesWhatIsInvalid) {
    expectInvalid(
        clinic().post(
            "/api/patients",
            {{"name", "Ana"}, {"email", "nobody"}, {"phone", "212-555-0100"}, {"date_of_birth", "1990-01-31"}}),
        {{"email", "Invalid email format"}});
    expectInvalid(clinic().post("/api/patients", json::object()), {{"name", "Is required"},
                                                                   {"email", "Is required"},
                                                                   {"phone", "Is required"},
                                                                   {"date_of_birth", "Is required"}});
    expectInvalid(
        clinic().post("/api/patients",
                      {{"name", " "}, {"email", "a@b"}, {"phone", "2125550100"}, {"date_of_birth", "2999-01-01"}}),
        {{"name", "Name is required"},
         {"email", "Invalid email format"},
         {"phone", "Invalid phone format"},
         {"date_of_birth", "Date of birth must be in the past"}});
    expectInvalid(clinic().book({{"doctor_id", "1"}, {"patient_id", -1}, {"start_time", "soon"}, {"duration", 20}}),
                  {{"doctor_id", "Must be a positive integer"},
                   {"patient_id", "Must be a positive integer"},
                   {"start_time", "Must be an ISO 8601 time, such as 2026-03-10T09:00:00-04:00"},
                   {"duration", "Must be one of 15, 30, 60"},
                   {"type", "Is required"}});
    expectInvalid(ask("POST", "/api/appointments", "{"), {{"body", "Must be valid JSON in UTF-8"}});
    expectInvalid(clinic().get("/api/doctors/1/availability?date=2026-02-30"),
                  {{"date", "Must be a date as YYYY-MM-DD"}});
    expectInvalid(clinic().get("/api/patients/1/appointments?limit=101"),
                  {{"limit", "Must be a whole number from 1 to 100"}});
}

TEST_F(ErrorsTest, SaysWhatIsNotThere) {
    const auto start = at(monday_, "09:00");
    expectError(clinic().book(booking(999'999, start)), 404, "Doctor not found");
    expectError(clinic().get("/api/doctors/999999/availability?date=2026-03-10"), 404, "Doctor not found");
    expectError(clinic().get("/api/waitlist/999999"), 404, "Doctor not found");
    expectError(clinic().book(booking(2, start, 30, "standard", 999'999)), 404, "Patient not found");
    expectError(clinic().get("/api/patients/999999/appointments"), 404, "Patient not found");
    expectError(clinic().get("/api/appointments/999999"), 404, "Appointment not found");
    expectError(clinic().cancel(999'999), 404, "Appointment not found");
    expectError(ask("DELETE", "/api/waitlist/entries/999999"), 404, "Waitlist entry not found");
    expectError(ask("DELETE", "/api/doctors/1/time-off/999999"), 404, "Time off not found");
    expectError(clinic().get("/api/nothing"), 404, "Not found");
}

TEST_F(ErrorsTest, OffersWhatIsFreeInPlaceOfWhatIsTaken) {
    clinic().booked(doctor(), at(monday_, "09:00"));
    expectAnswer(clinic().book(booking(doctor(), at(monday_, "09:00"))), 409,
                 fmt::format(R"({{"error":"Time slot no longer available","available_slots":)"
                             R"([{{"start_time":"{}","end_time":"{}","duration":30}}]}})",
                             isoAt(monday_, "09:30"), isoAt(monday_, "10:00")));
    clinic().booked(doctor(), at(monday_, "09:30"));
    expectAnswer(clinic().book(booking(doctor(), at(monday_, "09:15"))), 409,
                 R"({"error":"Time slot no longer available","available_slots":[]})");
}

TEST_F(ErrorsTest, SaysTheWorkingHours) {
    const auto outside = [](const std::string& hours) {
        return R"({"error":"Selected time is outside doctor's working hours","working_hours":)" + hours + "}";
    };
    expectAnswer(clinic().book(booking(2, at(monday_, "18:00"))), 400, outside(R"({"start":"08:00","end":"18:00"})"));
    expectAnswer(clinic().book(booking(2, at(monday_, "17:30"), 60)), 400,
                 outside(R"({"start":"08:00","end":"18:00"})"));
    const auto split = clinic().insertDoctor("Dr. Split");
    clinic().insertHours(split, 1, "08:00", "12:00");
    clinic().insertHours(split, 1, "13:00", "17:00");
    expectAnswer(clinic().book(booking(split, at(monday_, "12:30"))), 400,
                 outside(R"({"start":"08:00","end":"17:00","intervals":)"
                         R"([{"start":"08:00","end":"12:00"},{"start":"13:00","end":"17:00"}]})"));
}

TEST_F(ErrorsTest, SaysWhichRuleSpeaksAgainstABooking) {
    const auto sunday = comingDay(std::chrono::Sunday), friday = comingDay(std::chrono::Friday);
    expectError(clinic().book(booking(2, at(sunday, "10:00"))), 400, "Doctor is not available on weekends");
    expectError(clinic().book(booking(1, at(friday, "10:00"))), 400, "Doctor is not available on Fridays");
    expectError(clinic().book(booking(2, utc(machineTime() + 1h))), 400, "Must book at least 2 hours in advance");
    expectError(clinic().book(booking(2, utc(machineTime() + days{100}))), 400,
                "Cannot book more than 90 days in advance");
    expectError(clinic().book(booking(2, at(monday_, "09:00"), 15, "new-patient")), 400,
                "New patient appointments require 60-minute slots");
    const auto day = base::formatDate(base::addDays(monday_, 1));
    const auto off = json{{"start_date", day}, {"end_date", day}, {"reason", "private"}};
    EXPECT_EQ(clinic().post("/api/doctors/3/time-off", off).status, 201);
    expectError(clinic().book(booking(3, day + "T09:00")), 400, "Doctor is not available on " + day);
}

TEST_F(ErrorsTest, SaysWhyNothingIsCancelledOrWaitedFor) {
    expectError(clinic().cancel(clinic().insertAppointment(6, machineTime() - 5min)), 400,
                "Cannot cancel past appointments");
    const auto id = clinic().booked(4, at(monday_, "09:00"));
    clinic().cancel(id);
    expectError(clinic().cancel(id), 409, "Appointment is already cancelled");
    for (int i = 0; i < 4; ++i) {
        const auto answer =
            clinic().post("/api/waitlist", {{"doctor_id", 5},
                                            {"patient_id", 3},
                                            {"desired_date", base::formatDate(base::addDays(monday_, i))},
                                            {"preferred_time_range", "any"}});
        if (i == 3) expectError(answer, 400, "Maximum 3 waitlist entries allowed");
    }
}

TEST_F(ErrorsTest, TellsProgramsWhatTheySentWrong) {
    expectError(ask("PUT", "/api/doctors", "{}"), 405, "Method not allowed");
    EXPECT_EQ(ask("PUT", "/api/doctors", "{}").header("Allow"), "OPTIONS, GET, HEAD, POST");
    expectError(ask("POST", "/api/appointments", std::string(70'000, ' ')), 413, "Request body too large");
    // The last is what a browser sends for a page of any origin.
    for (const auto* type : {"Content-Type: text/plain\r\n", "Content-Type: application/json5\r\n", ""})
        for (const auto* change : {"POST /api/appointments", "PATCH /api/patients/1", "PUT /api/doctors/1/schedule"}) {
            auto client = clinic().connect();
            client.send(fmt::format("{} HTTP/1.1\r\nHost: a\r\n{}Content-Length: 2\r\n\r\n{{}}", change, type));
            expectError(client.receive(), 415, "Content-Type must be application/json");
        }
    auto other = clinic().connect();
    other.send("POST /api/appointments HTTP/1.1\r\nHost: a\r\n\r\n");
    expectInvalid(other.receive(), {{"body", "Must be valid JSON in UTF-8"}});
    ask("POST", "/api/doctors", R"({"name":"Dr. K","specialty":"K"})", "Idempotency-Key: e\r\n");
    expectError(ask("POST", "/api/doctors", "{}", "Idempotency-Key: e\r\n"), 422,
                "Idempotency-Key was used with another request");
}

/// Who sends more than can be changed is not to believe that it was.
TEST_F(ErrorsTest, ChangesNothingWhereNotAllCanBeChanged) {
    const auto id = clinic().booked(9, at(monday_, "11:00"));
    const auto path = fmt::format("/api/appointments/{}", id);
    const json later{{"start_time", at(monday_, "13:00")}, {"duration", 60}, {"type", "follow-up"}};
    expectInvalid(ask("PATCH", path, later.dump()), {{"duration", "Cannot be changed"}, {"type", "Cannot be changed"}});
    expectInvalid(ask("PATCH", path, R"({"duration":60})"),
                  {{"duration", "Cannot be changed"}, {"body", "Must have either start_time or status"}});
    EXPECT_EQ(clinic().get(path).json()["start_time"], isoAt(monday_, "11:00"));
    expectInvalid(ask("PATCH", "/api/doctors/9", R"({"specialty":"Golf","email":"x@example.com"})"),
                  {{"email", "Cannot be changed"}});
    expectInvalid(ask("PATCH", "/api/doctors/9", "{}"), {{"body", "Must name something to change"}});
    EXPECT_NE(clinic().get("/api/doctors/9").json()["specialty"], "Golf");
    expectInvalid(ask("PATCH", "/api/patients/1", R"({"name":"Another"})"), {{"name", "Cannot be changed"}});
}

/// Whatever the database says stays in the log, beside the request's id.
TEST_F(ErrorsTest, SaysNothingOfTheDatabase) {
    const json doctor{{"name", "Dr. Unlucky"}, {"specialty", "Pediatrics"}};
    clinic().database.execute("ALTER TABLE doctors ADD CONSTRAINT unlucky CHECK (name <> 'Dr. Unlucky') NOT VALID");
    expectError(ask("POST", "/api/doctors", doctor.dump(), "X-Request-Id: failing-1\r\n"), 500,
                "Internal server error");
    clinic().database.execute("ALTER TABLE doctors DROP CONSTRAINT unlucky");
    clinic().database.execute("ALTER TABLE appointments RENAME TO appointments_away");
    expectError(ask("GET", "/api/appointments/1", "", "X-Request-Id: failing-2\r\n"), 500, "Internal server error");
    expectError(ask("DELETE", "/api/appointments/1"), 500, "Internal server error");
    clinic().database.execute("ALTER TABLE appointments_away RENAME TO appointments");

    std::istringstream lines{clinic().server->output()};
    int logged = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.find("database error") == std::string::npos) continue;
        logged += line.find("failing-") != std::string::npos ? 1 : 0;
        EXPECT_THAT(line, Not(HasSubstr("Unlucky")));
        EXPECT_THAT(line, HasSubstr("sqlstate"));
    }
    EXPECT_EQ(logged, 2);
}

} // namespace
} // namespace rota::testing
