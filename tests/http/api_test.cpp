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
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

/// One server for all tests of this file; each keeps to a doctor or a day of its own.
class ApiTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        clinic_ = new Clinic;
        clinic_->start();
    }
    static void TearDownTestSuite() {
        ASSERT_TRUE(clinic_->server) << "it did not start";
        EXPECT_EQ(clinic_->server->stop(), 0) << clinic_->server->output();
        expectNoPatientsInTheLog(clinic_->server->output());
        delete clinic_;
    }

    /// Beside the console channel's own lines, which are the messages.
    static void expectNoPatientsInTheLog(const std::string& output) {
        std::istringstream lines{output};
        for (std::string line; std::getline(lines, line);) {
            if (line.find(" SENT: ") != std::string::npos) continue;
            for (const auto* secret : {"example.com", "Thompson", "Carter", "Ruiz", "555-0"})
                EXPECT_THAT(line, Not(HasSubstr(secret)));
        }
    }

    static Clinic& clinic() { return *clinic_; }

    static std::vector<std::string> starts(std::int64_t doctor, base::Date date, const std::string& more = "") {
        const auto path = fmt::format("/api/doctors/{}/availability?date={}{}", doctor, base::formatDate(date), more);
        const auto answer = clinic().get(path);
        EXPECT_EQ(answer.status, 200) << answer.body;
        const auto slots = answer.json().at("slots");
        std::vector<std::string> starts;
        for (const auto& slot : slots)
            starts.push_back(slot.at("start_time"));
        return starts;
    }

    static void expectRefused(const json& wanted, int status, const json& answer) {
        const auto refused = clinic().book(wanted);
        EXPECT_EQ(refused.status, status) << wanted;
        EXPECT_EQ(refused.json(), answer) << wanted;
    }

    static void expectValidation(const HttpAnswer& answer, const std::vector<std::string>& fields) {
        EXPECT_EQ(answer.status, 400) << answer.body;
        EXPECT_EQ(answer.json()["error"], "Validation failed");
        std::vector<std::string> named;
        const auto details = answer.json()["details"];
        for (const auto& detail : details)
            named.push_back(detail["field"]);
        EXPECT_EQ(named, fields) << answer.body;
    }

private:
    static Clinic* clinic_;
};

Clinic* ApiTest::clinic_ = nullptr;

// ---- doctors and free times -------------------------------------------------------------------------------------

TEST_F(ApiTest, ListsTheDoctors) {
    const auto answer = clinic().get("/api/doctors");
    EXPECT_EQ(answer.status, 200);
    const auto doctors = answer.json();
    ASSERT_GE(doctors.size(), 10u);
    const auto& first = doctors[0];
    EXPECT_EQ(first["id"], 1);
    EXPECT_EQ(first["name"], "Dr. Sarah Johnson");
    EXPECT_EQ(first["specialty"], "General Practice");
    EXPECT_FALSE(first["bio"].get<std::string>().empty());
    EXPECT_FALSE(first["photo_url"].get<std::string>().empty());
    EXPECT_GT(first["years_of_experience"], 0);
    EXPECT_EQ(clinic().get("/api/doctors/1").json(), first);
}

TEST_F(ApiTest, OffersTheHoursOfADay) {
    const auto tuesday = comingDay(std::chrono::Tuesday, 2);
    const auto johnson = starts(1, tuesday);
    ASSERT_EQ(johnson.size(), 16u);
    EXPECT_EQ(johnson.front(), isoAt(tuesday, "09:00"));
    EXPECT_EQ(johnson.back(), isoAt(tuesday, "16:30"));
    EXPECT_EQ(starts(2, tuesday, "&duration=15").size(), 40u);
    // 60 minutes at 17:30 would reach beyond the closing at 18:00.
    EXPECT_EQ(starts(2, tuesday, "&duration=60").back(), isoAt(tuesday, "17:00"));
    EXPECT_EQ(starts(2, tuesday, "&type=new-patient").back(), isoAt(tuesday, "17:00"));

    const auto slot = clinic().get("/api/doctors/2/availability?date=" + base::formatDate(tuesday)).json();
    EXPECT_EQ(slot["date"], base::formatDate(tuesday));
    EXPECT_EQ(slot["slots"][0],
              (json{{"start_time", isoAt(tuesday, "08:00")}, {"end_time", isoAt(tuesday, "08:30")}, {"duration", 30}}));
}

TEST_F(ApiTest, OffersNothingOnClosedAndPastDays) {
    EXPECT_TRUE(starts(1, comingDay(std::chrono::Friday)).empty());
    EXPECT_TRUE(starts(2, comingDay(std::chrono::Sunday)).empty());
    EXPECT_TRUE(starts(2, comingDay(std::chrono::Tuesday, -2)).empty());
    EXPECT_TRUE(starts(2, comingDay(std::chrono::Tuesday, 20)).empty());
}

TEST_F(ApiTest, CountsTheFreeTimesOfManyDays) {
    const auto monday = comingDay(std::chrono::Monday, 4);
    const auto from = base::formatDate(monday), to = base::formatDate(base::addDays(monday, 6));
    const auto free = [&](const std::string& more) {
        const auto answer = clinic().get(fmt::format("/api/doctors/1/availability?from={}&to={}{}", from, to, more));
        EXPECT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(answer.json()["from"], from);
        EXPECT_EQ(answer.json()["to"], to);
        std::vector<int> counts;
        const auto list = answer.json().at("days");
        for (const auto& day : list)
            counts.push_back(day.at("free"));
        return counts;
    };
    EXPECT_EQ(free(""), (std::vector{16, 16, 16, 16, 0, 0, 0})) << "Dr. Johnson: Monday to Thursday, 9 to 17";
    EXPECT_EQ(free("&type=new-patient"), (std::vector{15, 15, 15, 15, 0, 0, 0}));
    clinic().booked(1, at(monday, "09:00"), 60);
    EXPECT_EQ(free(""), (std::vector{14, 16, 16, 16, 0, 0, 0}));
    EXPECT_EQ(free("").front(), static_cast<int>(starts(1, monday).size()));
    EXPECT_EQ(clinic().get("/api/doctors/999/availability?from=" + from + "&to=" + to).status, 404);
}

TEST_F(ApiTest, SaysWhatIsWrongWithARangeOfDays) {
    const auto ask = [](const std::string& query) { return clinic().get("/api/doctors/1/availability?" + query); };
    expectValidation(ask("date=2026-12-01&from=2026-12-01&to=2026-12-02"), {"date"});
    expectValidation(ask("from=2026-12-01"), {"to"});
    expectValidation(ask("to=2026-12-01"), {"from"});
    expectValidation(ask("from=2026-12-02&to=2026-12-01"), {"to"});
    expectValidation(ask("from=x&to=2026-13-01"), {"from", "to"});
    expectValidation(ask("from=2026-12-01&from=2026-12-01&to=2026-12-01"), {"from"});
    expectValidation(ask("from=2026-12-01&to=2027-02-01"), {"to"});
    EXPECT_EQ(ask("from=2026-12-01&to=2027-01-31").json()["days"].size(), 62u);
}

TEST_F(ApiTest, NamesEachDoctorsNextFreeTime) {
    const auto idle = clinic().insertDoctor("Dr. Without Hours");
    const auto answer = clinic().get("/api/doctors?next_available=true");
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto doctors = answer.json();
    for (const auto& doctor : doctors) {
        const auto& next = doctor.at("next_available");
        EXPECT_TRUE(doctor["id"] != idle || next.is_null());
        if (!next.is_string()) continue;
        // It is the first one that the doctor's day offers.
        const auto day = base::parseDate(next.get<std::string>().substr(0, 10));
        EXPECT_EQ(starts(doctor["id"], *day).front(), next);
    }
    EXPECT_TRUE(doctors[0]["next_available"].is_string());
    EXPECT_FALSE(clinic().get("/api/doctors?next_available=false").json()[0].contains("next_available"));
    expectValidation(clinic().get("/api/doctors?next_available=1"), {"next_available"});
}

TEST_F(ApiTest, BlocksTimeOff) {
    const auto monday = comingDay(std::chrono::Monday, 3);
    clinic().database.execute(fmt::format("INSERT INTO doctor_time_off (doctor_id, start_date, end_date, reason) "
                                          "VALUES (3, '{0}', '{0}', 'secret illness')",
                                          base::formatDate(monday)));
    EXPECT_TRUE(starts(3, monday).empty());
    expectRefused(booking(3, at(monday, "09:00")), 400,
                  {{"error", "Doctor is not available on " + base::formatDate(monday)}});
}

TEST_F(ApiTest, SaysWhatIsWrongWithAQuestionForFreeTimes) {
    expectValidation(clinic().get("/api/doctors/1/availability"), {"date"});
    expectValidation(clinic().get("/api/doctors/1/availability?date=2026-02-30&duration=45&type=x"),
                     {"date", "type", "duration"});
    const auto short_ = clinic().get("/api/doctors/1/availability?date=2026-03-10&type=new-patient&duration=15");
    EXPECT_EQ(short_.status, 400);
    EXPECT_EQ(short_.json(), (json{{"error", "New patient appointments require 60-minute slots"}}));
}

// ---- booking ----------------------------------------------------------------------------------------------------

TEST_F(ApiTest, BooksATimeAndTakesItOutOfTheFreeOnes) {
    const auto tuesday = comingDay(std::chrono::Tuesday);
    EXPECT_THAT(starts(2, tuesday), Contains(isoAt(tuesday, "09:00")));

    const auto answer = clinic().book(booking(2, isoAt(tuesday, "09:00")));
    ASSERT_EQ(answer.status, 201) << answer.body;
    const auto booked = answer.json();
    EXPECT_EQ(booked["doctor_id"], 2);
    EXPECT_EQ(booked["patient_id"], 1);
    EXPECT_EQ(booked["start_time"], isoAt(tuesday, "09:00"));
    EXPECT_EQ(booked["end_time"], isoAt(tuesday, "09:30"));
    EXPECT_EQ(booked["duration"], 30);
    EXPECT_EQ(booked["type"], "standard");
    EXPECT_EQ(booked["status"], "scheduled");

    EXPECT_THAT(starts(2, tuesday), Not(Contains(isoAt(tuesday, "09:00"))));
    EXPECT_EQ(starts(2, tuesday).size(), 19u);

    const auto shown = clinic().get(answer.header("Location"));
    EXPECT_EQ(shown.status, 200);
    EXPECT_EQ(shown.json(),
              (json{{"id", booked["id"]},
                    {"doctor", {{"id", 2}, {"name", "Dr. Michael Chen"}, {"specialty", "General Practice"}}},
                    {"patient", {{"id", 1}, {"name", "Alice Thompson"}}},
                    {"start_time", isoAt(tuesday, "09:00")},
                    {"end_time", isoAt(tuesday, "09:30")},
                    {"duration", 30},
                    {"type", "standard"},
                    {"status", "scheduled"},
                    {"cancellation_fee_applied", false},
                    {"category", "upcoming"}}));
}

TEST_F(ApiTest, OffersTheFreeTimesWhereOneIsTaken) {
    const auto wednesday = comingDay(std::chrono::Wednesday);
    clinic().booked(2, at(wednesday, "10:00"), 60);
    const auto refused = clinic().book(booking(2, at(wednesday, "10:30"), 15));
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.json()["error"], "Time slot no longer available");
    const auto slots = refused.json()["available_slots"];
    EXPECT_EQ(slots.size(), 36u);
    EXPECT_EQ(
        slots[0],
        (json{{"start_time", isoAt(wednesday, "08:00")}, {"end_time", isoAt(wednesday, "08:15")}, {"duration", 15}}));
    EXPECT_EQ(clinic().book(booking(2, at(wednesday, "11:00"))).status, 201) << "touching is not overlapping";
}

TEST_F(ApiTest, RefusesByTheRulesWithTheirWords) {
    const auto monday = comingDay(std::chrono::Monday);
    const auto error = [](const std::string& text) { return json{{"error", text}}; };
    expectRefused(booking(2, at(monday, "09:00"), 15, "new-patient"), 400,
                  error("New patient appointments require 60-minute slots"));
    expectRefused(booking(2, utc(machineTime() + 1h)), 400, error("Must book at least 2 hours in advance"));
    expectRefused(booking(2, utc(machineTime() - days{2})), 400, error("Must book at least 2 hours in advance"));
    expectRefused(booking(2, utc(machineTime() + days{100})), 400, error("Cannot book more than 90 days in advance"));
    expectRefused(booking(2, at(comingDay(std::chrono::Sunday), "10:00")), 400,
                  error("Doctor is not available on weekends"));
    expectRefused(booking(2, at(comingDay(std::chrono::Saturday), "10:00")), 400,
                  error("Doctor is not available on weekends"));
    expectRefused(booking(1, at(comingDay(std::chrono::Friday), "10:00")), 400,
                  error("Doctor is not available on Fridays"));
    expectRefused(booking(99, at(monday, "09:00")), 404, error("Doctor not found"));
    expectRefused(booking(2, at(monday, "09:00"), 30, "standard", 99), 404, error("Patient not found"));
}

TEST_F(ApiTest, SaysTheWorkingHours) {
    const auto monday = comingDay(std::chrono::Monday);
    const std::string outside = "Selected time is outside doctor's working hours";
    expectRefused(booking(2, at(monday, "07:30")), 400,
                  {{"error", outside}, {"working_hours", {{"start", "08:00"}, {"end", "18:00"}}}});
    expectRefused(booking(2, at(monday, "17:30"), 60), 400,
                  {{"error", outside}, {"working_hours", {{"start", "08:00"}, {"end", "18:00"}}}});

    const auto split = clinic().insertDoctor("Dr. Ada Split");
    clinic().insertHours(split, 1, "08:00", "12:00");
    clinic().insertHours(split, 1, "13:00", "17:00");
    expectRefused(
        booking(split, at(monday, "12:00")), 400,
        {{"error", outside},
         {"working_hours",
          {{"start", "08:00"},
           {"end", "17:00"},
           {"intervals", {{{"start", "08:00"}, {"end", "12:00"}}, {{"start", "13:00"}, {"end", "17:00"}}}}}}});
    EXPECT_EQ(starts(split, monday).size(), 16u);
}

TEST_F(ApiTest, ChecksInTheOrderThatIsPromised) {
    const auto sunday = at(comingDay(std::chrono::Sunday), "03:00");
    expectValidation(clinic().book({{"doctor_id", 99}, {"duration", 45}}),
                     {"patient_id", "start_time", "duration", "type"});
    expectRefused(booking(99, sunday, 15, "new-patient", 99), 404, {{"error", "Doctor not found"}});
    expectRefused(booking(2, sunday, 15, "new-patient", 99), 404, {{"error", "Patient not found"}});
    expectRefused(booking(2, sunday, 15, "new-patient"), 400,
                  {{"error", "New patient appointments require 60-minute slots"}});
    expectRefused(booking(2, sunday), 400, {{"error", "Doctor is not available on weekends"}});
}

// ---- cancelling -------------------------------------------------------------------------------------------------

TEST_F(ApiTest, CancelsEarlyWithoutAFee) {
    const auto thursday = comingDay(std::chrono::Thursday);
    const auto id = clinic().booked(4, at(thursday, "09:00"));
    const auto answer = clinic().cancel(id);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.json()["message"], "Appointment cancelled");
    EXPECT_EQ(answer.json()["cancellation_fee_applied"], false);
    EXPECT_TRUE(answer.json()["messages_in_flight"].is_number_integer());
    EXPECT_EQ(clinic().get(fmt::format("/api/appointments/{}", id)).json()["status"], "cancelled");
    EXPECT_THAT(starts(4, thursday), Contains(isoAt(thursday, "09:00")));

    const auto again = clinic().cancel(id);
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.json(), (json{{"error", "Appointment is already cancelled"}}));
}

TEST_F(ApiTest, CancelsLateWithAFee) {
    const auto late = clinic().cancel(clinic().insertAppointment(5, machineTime() + 1h));
    EXPECT_EQ(late.status, 200);
    EXPECT_EQ(late.json()["message"], "Appointment cancelled. A $50 late cancellation fee applies.");
    EXPECT_EQ(late.json()["cancellation_fee_applied"], true);
    const auto early = clinic().cancel(clinic().insertAppointment(5, machineTime() + 48h));
    EXPECT_EQ(early.json()["cancellation_fee_applied"], false);
}

TEST_F(ApiTest, CancelsNothingThatHasBegun) {
    const auto begun = clinic().cancel(clinic().insertAppointment(6, machineTime() - 5min));
    EXPECT_EQ(begun.status, 400);
    EXPECT_EQ(begun.json(), (json{{"error", "Cannot cancel past appointments"}}));
}

// ---- patients ---------------------------------------------------------------------------------------------------

TEST_F(ApiTest, RegistersAPatientOnce) {
    const json form{{"name", "Ana Ruiz"},
                    {"email", "ana.ruiz@example.com"},
                    {"phone", "212-555-0199"},
                    {"date_of_birth", "1990-01-31"}};
    const auto made = clinic().post("/api/patients", form);
    ASSERT_EQ(made.status, 201) << made.body;
    const auto id = made.json()["id"].get<std::int64_t>();
    auto expected = form;
    expected["id"] = id;
    expected.update({{"email_opt_in", true}, {"sms_opt_in", true}, {"language", "en"}});
    EXPECT_EQ(made.json(), expected);
    EXPECT_EQ(made.header("Location"), fmt::format("/api/patients/{}", id));

    auto same = form;
    same["name"] = " ana  RUÍZ ";
    same["email"] = "ANA.RUIZ@example.com";
    same["phone"] = "212-555-0100";
    const auto found = clinic().post("/api/patients", same);
    EXPECT_EQ(found.status, 200);
    EXPECT_EQ(found.json(), expected) << "nothing of an existing patient is overwritten";
}

TEST_F(ApiTest, NamesEveryWrongFieldOfAPatient) {
    const auto answer =
        clinic().post("/api/patients",
                      {{"name", " "}, {"email", "nobody"}, {"phone", "2125550100"}, {"date_of_birth", "2999-01-01"}});
    expectValidation(answer, {"name", "email", "phone", "date_of_birth"});
    EXPECT_EQ(answer.json()["details"][1]["message"], "Invalid email format");
    expectValidation(
        clinic().post(
            "/api/patients",
            {{"name", "A\nB"}, {"email", "a@example.com"}, {"phone", "212-555-0100"}, {"date_of_birth", "1990-01-31"}}),
        {"name"});
}

// ---- what nobody should send ------------------------------------------------------------------------------------

TEST_F(ApiTest, RefusesHostileInputAndGoesOn) {
    const auto raw = [](const std::string& body, const std::string& headers = "") {
        return clinic().connect().request("POST", "/api/appointments", body, headers);
    };
    expectValidation(raw("{"), {"body"});
    expectValidation(raw("[]"), {"body"});
    expectValidation(raw("{\"type\":\"\xff\"}"), {"body"});
    expectValidation(raw(std::string(60'000, '[')), {"body"});
    expectValidation(raw(R"({"doctor_id":1,"doctor_id":2})"), {"body"});
    EXPECT_EQ(raw(std::string(70'000, ' ')).status, 413);

    const auto monday = at(comingDay(std::chrono::Monday), "09:00");
    const auto with = [&](const std::string& member, const json& value) {
        auto body = booking(2, monday);
        body[member] = value;
        return clinic().book(body);
    };
    expectValidation(with("duration", 30.5), {"duration"});
    expectValidation(with("duration", "30"), {"duration"});
    expectValidation(with("doctor_id", "2"), {"doctor_id"});
    expectValidation(with("doctor_id", -2), {"doctor_id"});
    expectValidation(with("patient_id", 1e30), {"patient_id"});
    expectValidation(with("start_time", 5), {"start_time"});
    expectValidation(with("start_time", "2026-03-08T02:30"), {"start_time"});
    expectValidation(with("type", "'; DROP TABLE doctors; --"), {"type"});
    EXPECT_EQ(with("doctor_id", 9'000'000'000'000'000).status, 404);

    EXPECT_EQ(clinic().get("/healthz").status, 200);
    EXPECT_GE(clinic().get("/api/doctors").json().size(), 10u);
}

TEST_F(ApiTest, TakesWhatLooksLikeSqlForData) {
    const std::string name = R"(Bobby'); DROP TABLE patients; -- " \ $1 %s \')";
    const json form{{"name", name},
                    {"email", "o'brien;--@example.com"},
                    {"phone", "212-555-0199"},
                    {"date_of_birth", "1990-01-31"}};
    expectValidation(clinic().post("/api/patients", form), {"email"});
    auto valid = form;
    valid["email"] = "o'brien--$1@example.com";
    const auto made = clinic().post("/api/patients", valid);
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(clinic().get(made.header("Location")).json()["name"], name);
    EXPECT_EQ(clinic().get(made.header("Location")).json()["email"], valid["email"]);
    EXPECT_EQ(clinic().post("/api/patients", valid).status, 200) << "found again by what it is";

    const auto saturday = base::formatDate(comingDay(std::chrono::Saturday, 5));
    const json off{{"start_date", saturday}, {"end_date", saturday}, {"reason", name}};
    EXPECT_EQ(clinic().post("/api/doctors/7/time-off", off).status, 201);
    EXPECT_EQ(clinic().get("/api/doctors/7/time-off").json().back()["reason"], name);
    const auto keyed = [&](const std::string& key) {
        return clinic().connect().request("POST", "/api/patients", valid.dump(), "Idempotency-Key: " + key + "\r\n");
    };
    EXPECT_EQ(keyed("'; DELETE FROM idempotency_keys; --").status, 200);
    EXPECT_EQ(keyed("' OR '1'='1").status, 200);
    expectValidation(clinic().get("/api/patients/1/appointments?category=past'%20OR%20'1'='1"), {"category"});
    EXPECT_EQ(clinic().get("/api/patients/1'%3B%20DROP%20TABLE%20patients/appointments").status, 404);
    EXPECT_GE(clinic().database.number("SELECT COUNT(*) FROM patients"), 6);
    EXPECT_EQ(clinic().database.number("SELECT COUNT(*) FROM idempotency_keys WHERE key LIKE '%''%'"), 2);
}

TEST_F(ApiTest, KnowsNoImpossibleIds) {
    for (const auto* id : {"0", "-1", "abc", "1.5", "99999999999999999999", "9000000000000000", "%27", "1%00"}) {
        const auto doctor = clinic().get(fmt::format("/api/doctors/{}", id));
        EXPECT_EQ(doctor.status, 404) << id;
        EXPECT_EQ(doctor.json(), (json{{"error", "Doctor not found"}})) << id;
        EXPECT_EQ(clinic().get(fmt::format("/api/doctors/{}/availability?date=2026-03-10", id)).status, 404) << id;
        const auto appointment = clinic().get(fmt::format("/api/appointments/{}", id));
        EXPECT_EQ(appointment.json(), (json{{"error", "Appointment not found"}})) << id;
        EXPECT_EQ(clinic().connect().request("DELETE", fmt::format("/api/appointments/{}", id)).status, 404) << id;
    }
}

TEST_F(ApiTest, AnswersOtherPathsAndMethodsInJson) {
    const auto unknown = clinic().get("/api/nothing");
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(unknown.json(), (json{{"error", "Not found"}}));
    EXPECT_EQ(clinic().get("/api/docs").status, 404) << "no page is configured";
    auto client = clinic().connect();
    const auto refused = client.request("PUT", "/api/doctors/1", "{}");
    EXPECT_EQ(refused.status, 405);
    EXPECT_EQ(refused.json(), (json{{"error", "Method not allowed"}}));
    EXPECT_EQ(refused.header("Allow"), "OPTIONS, GET, HEAD, PATCH");
    EXPECT_EQ(client.request("OPTIONS", "/api/appointments/1").header("Allow"), "OPTIONS, GET, HEAD, PATCH, DELETE");
    EXPECT_EQ(client.request("HEAD", "/api/doctors").header("Content-Length"),
              std::to_string(client.get("/api/doctors").body.size()));
}

// ---- operation --------------------------------------------------------------------------------------------------

TEST_F(ApiTest, SaysThatItIsReady) {
    EXPECT_EQ(clinic().get("/healthz").json(), (json{{"status", "ok"}}));
    EXPECT_EQ(clinic().get("/readyz").json(),
              (json{{"status", "ready"}, {"database", "ok"}, {"redis", "ok"}, {"plugins", "ok"}}));
}

TEST_F(ApiTest, LogsEachRequestByItsPatternAndId) {
    clinic().connect().request("GET", "/api/doctors/7?secret=1", "", "X-Request-Id: trace-me-7\r\n");
    ASSERT_TRUE(clinic().server->awaitLines("trace-me-7", 1, 5s));
    std::istringstream lines{clinic().server->output()};
    std::string line;
    while (line.find("trace-me-7") == std::string::npos)
        std::getline(lines, line);
    EXPECT_THAT(line, HasSubstr("method=GET route=/api/doctors/:id status=200"));
    EXPECT_THAT(line, Not(HasSubstr("secret")));
}

TEST_F(ApiTest, AnswersInTimeBesideIdleAndHalfSentClients) {
    ASSERT_TRUE(allowDescriptors(1500));
    std::vector<HttpClient> others;
    for (int i = 0; i < 1300; ++i) {
        others.push_back(HttpClient{clinic().server->port()});
        // Half a head, half a body, and those that have been served and stay.
        if (i >= 300)
            ASSERT_EQ(others.back().get("/healthz").header("Connection"), "keep-alive");
        else if (i % 2 == 0)
            others.back().send("GET /api/doctors HTTP/1.1\r\nHost: a\r\nX: ");
        else
            others.back().send("POST /api/appointments HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{");
    }
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(clinic().get("/api/doctors").status, 200);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
}

} // namespace
} // namespace rota::testing
