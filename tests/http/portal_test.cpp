#include "clinic.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

/// One server for all tests of this file; each brings doctors and patients of its own.
class PortalTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        clinic_ = new Clinic;
        clinic_->start();
    }
    static void TearDownTestSuite() {
        EXPECT_EQ(clinic_->server->stop(), 0) << clinic_->server->output();
        delete clinic_;
    }

    static Clinic& clinic() { return *clinic_; }

    static HttpAnswer ask(const std::string& method, const std::string& path, const json& body = nullptr) {
        return clinic().connect().request(method, path, body.is_null() ? "" : body.dump());
    }

    static std::int64_t patient(const std::string& name = "Maria Lopez") {
        static std::atomic<int> number{0};
        const auto made = ask("POST", "/api/patients",
                              {{"name", name},
                               {"email", fmt::format("maria{}@example.com", ++number)},
                               {"phone", "212-555-0101"},
                               {"date_of_birth", "1951-04-02"}});
        EXPECT_EQ(made.status, 201) << made.body;
        return made.json().at("id");
    }

    /// Who works around the clock, every day.
    static std::int64_t doctor() {
        const auto id = clinic().insertDoctor("Dr. Night Owl");
        for (unsigned day = 0; day < 7; ++day)
            clinic().insertHours(id, day, "00:00", "24:00");
        return id;
    }

    static std::int64_t booked(std::int64_t doctor, std::int64_t patient, const std::string& start, int duration = 30) {
        const auto answer = clinic().book(booking(doctor, start, duration, "standard", patient));
        EXPECT_EQ(answer.status, 201) << answer.body;
        return answer.json().at("id");
    }

    static json wish(std::int64_t doctor, std::int64_t patient, base::Date date, const std::string& range = "any") {
        return {{"doctor_id", doctor},
                {"patient_id", patient},
                {"desired_date", base::formatDate(date)},
                {"preferred_time_range", range}};
    }

    static std::int64_t waits(const json& wanted) {
        const auto answer = ask("POST", "/api/waitlist", wanted);
        EXPECT_EQ(answer.status, 201) << answer.body;
        EXPECT_EQ(answer.json()["status"], "waiting");
        const std::int64_t id = answer.json().at("id");
        EXPECT_EQ(answer.header("Location"), fmt::format("/api/waitlist/entries/{}", id));
        return id;
    }

    static HttpAnswer change(std::int64_t id, const json& body) {
        return ask("PATCH", fmt::format("/api/appointments/{}", id), body);
    }

    static HttpAnswer listed(std::int64_t patient, const std::string& query = "") {
        return ask("GET", fmt::format("/api/patients/{}/appointments{}", patient, query));
    }

    static std::string statusOf(std::int64_t entry) {
        return clinic().database.value(fmt::format("SELECT status FROM waitlist WHERE id = {}", entry));
    }

    /// Where 15 minutes can begin: then, or a little later, for nothing can be booked that reaches into the next day.
    static base::Instant fifteenMinutesFrom(base::Instant time) {
        const auto start = std::chrono::floor<std::chrono::minutes>(time);
        return newYork().toLocal(start).minutes() > base::Minutes{24 * 60 - 15} ? start + 15min : start;
    }

    static bool awaitPromoted(std::int64_t entry) {
        for (const auto end = steady_clock::now() + 20s; steady_clock::now() < end; std::this_thread::sleep_for(20ms))
            if (statusOf(entry) == "promoted") return true;
        return false;
    }

    static void awaitOffers() {
        const auto open = "SELECT COUNT(*) FROM jobs WHERE kind = 'promote_waitlist' AND finished_at IS NULL";
        for (const auto end = steady_clock::now() + 20s; clinic().database.number(open) > 0;
             std::this_thread::sleep_for(20ms))
            ASSERT_LT(steady_clock::now(), end) << "the offers were never made";
    }

    static void expectError(const HttpAnswer& answer, int status, const std::string& message) {
        EXPECT_EQ(answer.status, status);
        EXPECT_EQ(answer.body, json({{"error", message}}).dump());
    }

    static void expectField(const HttpAnswer& answer, const std::string& field) {
        EXPECT_EQ(answer.status, 400) << answer.body;
        EXPECT_EQ(answer.json()["error"], "Validation failed");
        EXPECT_EQ(answer.json()["details"].at(0).at("field"), field);
    }

    const base::Date tuesday_ = comingDay(std::chrono::Tuesday, 2);

private:
    static Clinic* clinic_;
};

Clinic* PortalTest::clinic_ = nullptr;

// ---- the portal

TEST_F(PortalTest, APatientSaysHowTheyWantToBeTold) {
    const json form{{"name", "Rosa Diaz"},           {"email", "rosa@example.com"}, {"phone", "212-555-0107"},
                    {"date_of_birth", "1951-04-02"}, {"sms_opt_in", false},         {"language", "es"}};
    const auto made = ask("POST", "/api/patients", form);
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.json()["email_opt_in"], true);
    EXPECT_EQ(made.json()["sms_opt_in"], false);
    EXPECT_EQ(made.json()["language"], "es");

    const auto path = fmt::format("/api/patients/{}", made.json()["id"].get<std::int64_t>());
    const auto changed = ask("PATCH", path, {{"email_opt_in", false}, {"language", "en"}});
    EXPECT_EQ(changed.status, 200);
    EXPECT_EQ(changed.json()["email_opt_in"], false);
    EXPECT_EQ(changed.json()["sms_opt_in"], false) << "what is not given stays as it is";
    EXPECT_EQ(changed.json()["language"], "en");
    EXPECT_EQ(ask("GET", path).json(), changed.json());
    auto again = form;
    again["sms_opt_in"] = true;
    EXPECT_EQ(ask("POST", "/api/patients", again).json(), changed.json()) << "a booking overwrites nothing";

    for (const auto& [body, field] :
         std::vector<std::pair<json, std::string>>{{json::object(), "body"},
                                                   {{{"language", "fr"}}, "language"},
                                                   {{{"sms_opt_in", "no"}}, "sms_opt_in"},
                                                   {{{"email_opt_in", nullptr}}, "email_opt_in"},
                                                   {{{"name", "Rosa"}}, "name"}}) {
        const auto refused = ask("PATCH", path, body);
        EXPECT_EQ(refused.status, 400) << body;
        EXPECT_EQ(refused.json()["details"][0]["field"], field);
    }
    expectError(ask("PATCH", "/api/patients/999999", {{"language", "en"}}), 404, "Patient not found");
}

TEST_F(PortalTest, ShowsAPatientAndTheClinic) {
    const auto id = patient();
    const auto shown = ask("GET", fmt::format("/api/patients/{}", id));
    EXPECT_EQ(shown.status, 200);
    EXPECT_EQ(shown.json()["name"], "Maria Lopez");
    EXPECT_EQ(shown.json()["date_of_birth"], "1951-04-02");
    expectError(ask("GET", "/api/patients/999999"), 404, "Patient not found");
    expectError(ask("GET", "/api/patients/x"), 404, "Patient not found");

    const auto clinic = ask("GET", "/api/clinic");
    EXPECT_EQ(clinic.json(), (json{{"name", "Riverside Medical Clinic"},
                                   {"address", "240 Riverside Avenue, New York, NY 10024"},
                                   {"phone", "212-555-0140"},
                                   {"timezone", "America/New_York"},
                                   {"fee_cents", 5000},
                                   {"fee_window_hours", 24},
                                   {"max_advance_days", 90},
                                   {"waitlist_max_entries", 3},
                                   {"email_reminder_minutes", 1440},
                                   {"sms_reminder_minutes", 120},
                                   {"cancellation_policy_url", "http://localhost:3000/cancellation-policy"}}));
    EXPECT_FALSE(clinic.header("ETag").empty());
}

TEST(PortalRules, AreShownAsConfigured) {
    Clinic clinic;
    auto options = clinic.options();
    options.settings = {"booking.max_advance = 36h", "cancellation.fee_window = 90m", "cancellation.fee_cents = 2550",
                        "waitlist.max_entries = 1",  "reminder.email_before = 2d",    "reminder.sms_before = 30s"};
    clinic.start(options);
    const auto shown = clinic.get("/api/clinic").json();
    EXPECT_EQ(shown["max_advance_days"], 2);
    EXPECT_EQ(shown["fee_window_hours"], 2);
    EXPECT_EQ(shown["fee_cents"], 2550);
    EXPECT_EQ(shown["waitlist_max_entries"], 1);
    EXPECT_EQ(shown["email_reminder_minutes"], 2 * 24 * 60);
    EXPECT_EQ(shown["sms_reminder_minutes"], 1);
    EXPECT_EQ(clinic.server->stop(), 0) << clinic.server->output();
}

TEST_F(PortalTest, ListsAppointmentsNewestFirst) {
    const auto who = patient();
    const auto whom = doctor();
    const auto first = booked(whom, who, at(tuesday_, "09:00"));
    const auto second = booked(whom, who, at(tuesday_, "10:00"));
    const auto third = booked(whom, who, at(tuesday_, "11:00"));
    EXPECT_EQ(clinic().cancel(second).status, 200);
    clinic().database.execute(fmt::format(
        "UPDATE appointments SET start_time = '2020-01-01 12:00', status = 'completed' WHERE id = {}", first));

    const auto idsOf = [](const HttpAnswer& answer) {
        std::vector<std::int64_t> ids;
        const auto page = answer.json();
        for (const auto& item : page.at("appointments"))
            ids.push_back(item.at("id"));
        return ids;
    };
    const auto all = listed(who);
    EXPECT_EQ(idsOf(all), (std::vector{third, second, first}));
    EXPECT_EQ(all.json()["total"], 3);
    EXPECT_EQ(all.json()["page"], 1);
    EXPECT_EQ(all.json()["limit"], 20);
    EXPECT_EQ(idsOf(listed(who, "?category=upcoming")), (std::vector{third}));
    EXPECT_EQ(idsOf(listed(who, "?category=past")), (std::vector{first}));
    EXPECT_EQ(idsOf(listed(who, "?category=cancelled")), (std::vector{second}));
    EXPECT_EQ(idsOf(listed(who, "?page=2&limit=2")), (std::vector{first}));
    EXPECT_EQ(listed(who, "?page=9&limit=2").json()["total"], 3);

    const auto items = all.json().at("appointments");
    EXPECT_EQ(items[0]["doctor"], (json{{"id", whom}, {"name", "Dr. Night Owl"}, {"specialty", "Cardiology"}}));
    EXPECT_EQ(items[0]["category"], "upcoming");
    EXPECT_FALSE(items[0].contains("cancelled_at"));
    EXPECT_EQ(items[1]["category"], "cancelled");
    EXPECT_TRUE(items[1].contains("cancelled_at"));
    EXPECT_EQ(items[2]["category"], "past");
    EXPECT_EQ(items[2]["status"], "completed");

    expectField(listed(who, "?page=0"), "page");
    expectField(listed(who, "?limit=101"), "limit");
    expectField(listed(who, "?limit=x"), "limit");
    expectField(listed(who, "?category=else"), "category");
    expectError(listed(999'999), 404, "Patient not found");
}

TEST_F(PortalTest, CancellingIsShownWithItsMoment) {
    const auto id = booked(doctor(), patient(), at(tuesday_, "09:00"));
    const auto before = std::chrono::floor<std::chrono::seconds>(machineTime());
    EXPECT_EQ(clinic().cancel(id).status, 200);
    const auto shown = ask("GET", fmt::format("/api/appointments/{}", id)).json();
    EXPECT_EQ(shown["status"], "cancelled");
    // The answer says it to the second, which timestamps of requests, in whole minutes, do not take.
    const std::string text = shown.at("cancelled_at");
    EXPECT_GE(text.substr(0, 19), newYork().iso(before).substr(0, 19));
}

// ---- changing

TEST_F(PortalTest, ReschedulesAtomically) {
    const auto whom = doctor();
    const auto id = booked(whom, patient(), at(tuesday_, "09:00"));
    const auto taken = booked(whom, patient(), at(tuesday_, "10:00"));
    EXPECT_NE(taken, id);

    const auto moved = change(id, {{"start_time", at(tuesday_, "11:00")}});
    EXPECT_EQ(moved.status, 200) << moved.body;
    EXPECT_EQ(moved.json()["start_time"], isoAt(tuesday_, "11:00"));
    EXPECT_EQ(moved.json()["end_time"], isoAt(tuesday_, "11:30"));
    EXPECT_EQ(moved.json()["id"], id);
    EXPECT_EQ(clinic().database.value(
                  fmt::format("SELECT string_agg(kind, ',' ORDER BY kind) FROM jobs WHERE appointment_id = {} AND "
                              "schedule_version = 2 AND state <> 'cancelled'",
                              id)),
              "email_reminder,reschedule_notice,sms_reminder");
    EXPECT_TRUE(clinic().server->awaitLines("Subject: Appointment Rescheduled", 1, 20s)) << clinic().server->output();

    const auto refused = change(id, {{"start_time", at(tuesday_, "10:15")}});
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.json()["error"], "Time slot no longer available");
    EXPECT_FALSE(refused.json()["available_slots"].empty());
    booked(whom, patient(), at(tuesday_, "09:00"));
}

TEST_F(PortalTest, RefusesToRescheduleAsPromised) {
    const auto whom = doctor();
    const auto soon = clinic().insertAppointment(whom, machineTime() + 23h);
    expectError(change(soon, {{"start_time", at(tuesday_, "11:00")}}), 400,
                "Cannot reschedule less than 24 hours before the appointment");
    const auto past = clinic().insertAppointment(whom, machineTime() - 2h);
    expectError(change(past, {{"start_time", at(tuesday_, "11:00")}}), 400, "Cannot reschedule past appointments");
    const auto id = booked(whom, patient(), at(tuesday_, "09:00"));
    expectError(change(id, {{"start_time", utc(machineTime() + 1h)}}), 400, "Must book at least 2 hours in advance");
    expectField(change(id, {{"start_time", "tomorrow"}}), "start_time");
    expectField(change(id, json::object()), "body");
    expectField(change(id, {{"start_time", at(tuesday_, "11:00")}, {"status", "completed"}}), "body");
    clinic().cancel(id);
    expectError(change(id, {{"start_time", at(tuesday_, "11:00")}}), 409, "Appointment is already cancelled");
    expectError(change(999'999, {{"start_time", at(tuesday_, "11:00")}}), 404, "Appointment not found");
}

TEST_F(PortalTest, TheClinicSaysHowItWent) {
    const auto whom = doctor();
    const auto past = clinic().insertAppointment(whom, machineTime() - 2h);
    const auto done = change(past, {{"status", "completed"}});
    EXPECT_EQ(done.status, 200) << done.body;
    EXPECT_EQ(done.json()["status"], "completed");
    EXPECT_EQ(change(past, {{"status", "no-show"}}).json()["status"], "no-show");
    const auto coming = booked(whom, patient(), at(tuesday_, "09:00"));
    expectError(change(coming, {{"status", "completed"}}), 400, "Appointment has not started yet");
    expectField(change(coming, {{"status", "cancelled"}}), "status");
    clinic().cancel(coming);
    expectError(change(coming, {{"status", "no-show"}}), 409, "Appointment is already cancelled");
}

// ---- the waitlist

TEST_F(PortalTest, RefusesToLetWaitInTheOrderPromised) {
    const auto whom = doctor();
    const auto who = patient();
    auto wanted = wish(999'999, 999'999, base::addDays(tuesday_, -60));
    wanted["preferred_time_range"] = "night";
    expectField(ask("POST", "/api/waitlist", wanted), "preferred_time_range");
    wanted["preferred_time_range"] = "any";
    expectError(ask("POST", "/api/waitlist", wanted), 404, "Doctor not found");
    wanted["doctor_id"] = whom;
    expectError(ask("POST", "/api/waitlist", wanted), 404, "Patient not found");
    wanted["patient_id"] = who;
    expectField(ask("POST", "/api/waitlist", wanted), "desired_date");
    wanted["desired_date"] = base::formatDate(base::addDays(tuesday_, 120));
    expectField(ask("POST", "/api/waitlist", wanted), "desired_date");
    wanted["desired_date"] = base::formatDate(tuesday_);
    wanted["priority"] = 101;
    expectField(ask("POST", "/api/waitlist", wanted), "priority");
    wanted["priority"] = 5;
    waits(wanted);
    expectError(ask("POST", "/api/waitlist", wanted), 409, "Already on the waitlist for this date");
    waits(wish(whom, who, base::addDays(tuesday_, 1)));
    waits(wish(whom, who, base::addDays(tuesday_, 2)));
    expectError(ask("POST", "/api/waitlist", wish(whom, who, base::addDays(tuesday_, 3))), 400,
                "Maximum 3 waitlist entries allowed");
    expectError(ask("POST", "/api/waitlist", wanted), 409, "Already on the waitlist for this date");
}

TEST_F(PortalTest, ListsAndLeavesTheWaitlist) {
    const auto whom = doctor();
    const auto first = patient("Ada First");
    const auto second = patient("Ben Second");
    const auto later = waits(wish(whom, first, base::addDays(tuesday_, 7), "morning"));
    const auto sooner = waits(wish(whom, second, tuesday_));
    const auto own = waits(wish(whom, first, tuesday_));

    const auto list = ask("GET", fmt::format("/api/waitlist/{}", whom)).json();
    ASSERT_EQ(list.size(), 3u);
    EXPECT_EQ(list[0]["id"], later) << "who joined first";
    EXPECT_EQ(list[0]["patient"], (json{{"id", first}, {"name", "Ada First"}}));
    EXPECT_EQ(list[0]["preferred_time_range"], "morning");
    EXPECT_EQ(list[0]["priority"], 0);
    EXPECT_TRUE(list[0].contains("created_at"));
    EXPECT_EQ(list[1]["id"], sooner);

    const auto mine = ask("GET", fmt::format("/api/patients/{}/waitlist", first)).json();
    ASSERT_EQ(mine.size(), 2u);
    EXPECT_EQ(mine[0]["id"], own) << "by day";
    EXPECT_EQ(mine[0]["doctor"], (json{{"id", whom}, {"name", "Dr. Night Owl"}, {"specialty", "Cardiology"}}));

    const auto path = fmt::format("/api/waitlist/entries/{}", own);
    const auto shown = ask("GET", path).json();
    EXPECT_EQ(shown["patient"], (json{{"id", first}, {"name", "Ada First"}}));
    EXPECT_EQ(shown["doctor"], mine[0]["doctor"]);
    EXPECT_EQ(shown["desired_date"], base::formatDate(tuesday_));
    EXPECT_EQ(shown["status"], "waiting");
    EXPECT_EQ(ask("DELETE", path).json(), (json{{"message", "Removed from the waitlist"}}));
    expectError(ask("GET", path), 404, "Waitlist entry not found");
    expectError(ask("DELETE", path), 404, "Waitlist entry not found");
    EXPECT_EQ(ask("GET", fmt::format("/api/patients/{}/waitlist", first)).json().size(), 1u);
    expectError(ask("GET", "/api/waitlist/999999"), 404, "Doctor not found");
    expectError(ask("GET", "/api/patients/999999/waitlist"), 404, "Patient not found");
}

TEST_F(PortalTest, CancelledTwoDaysBeforeItIsFreeAndTheOldestIsPromoted) {
    const auto whom = doctor();
    const auto start = fifteenMinutesFrom(machineTime() + 48h + 5min);
    const auto date = newYork().toLocal(start).date;
    const auto id = clinic().insertAppointment(whom, start, 15);
    const auto oldest = waits(wish(whom, patient("Ada Oldest"), date));
    const auto younger = waits(wish(whom, patient("Ben Younger"), date));

    const auto cancelled = clinic().cancel(id);
    EXPECT_EQ(cancelled.json()["cancellation_fee_applied"], false);
    ASSERT_TRUE(awaitPromoted(oldest));
    awaitOffers();
    EXPECT_EQ(statusOf(younger), "waiting");
    EXPECT_TRUE(clinic().server->awaitLines("Good news! A slot opened up for Dr. Night Owl on", 1, 20s));
    EXPECT_EQ(clinic().database.value(fmt::format(
                  "SELECT string_agg(j.kind, ',' ORDER BY j.kind) FROM jobs j JOIN waitlist w ON w.appointment_id = "
                  "j.appointment_id WHERE w.id = {}",
                  oldest)),
              "email_reminder,promotion_notice,sms_reminder");
    EXPECT_EQ(ask("GET", fmt::format("/api/waitlist/entries/{}", oldest)).json()["status"], "promoted");
    expectError(ask("DELETE", fmt::format("/api/waitlist/entries/{}", oldest)), 409,
                "Waitlist entry is no longer waiting");
}

TEST_F(PortalTest, CancelledAnHourBeforeItCostsTheFeeAndSomebodyIsPromoted) {
    const auto whom = doctor();
    const auto start = fifteenMinutesFrom(machineTime() + 1h);
    const auto local = newYork().toLocal(start);
    const auto id = clinic().insertAppointment(whom, start, 15);
    const auto entry = waits(wish(whom, patient(), local.date));

    const auto cancelled = clinic().cancel(id);
    EXPECT_EQ(cancelled.json()["cancellation_fee_applied"], true);
    EXPECT_EQ(cancelled.json()["message"], "Appointment cancelled. A $50 late cancellation fee applies.");
    EXPECT_TRUE(awaitPromoted(entry)) << "the notice of two hours is not asked for";
}

TEST_F(PortalTest, ReschedulingOffersTheOldTime) {
    const auto whom = doctor();
    const auto id = booked(whom, patient(), at(tuesday_, "09:00"));
    const auto afternoon = waits(wish(whom, patient("Ada After"), tuesday_, "afternoon"));
    const auto morning = waits(wish(whom, patient("Ben Before"), tuesday_, "morning"));
    EXPECT_EQ(change(id, {{"start_time", at(tuesday_, "14:00")}}).status, 200);
    ASSERT_TRUE(awaitPromoted(morning));
    awaitOffers();
    EXPECT_EQ(statusOf(afternoon), "waiting");
    EXPECT_EQ(clinic().database.number(
                  fmt::format("SELECT COUNT(*) FROM appointments WHERE doctor_id = {} AND status = 'scheduled'", whom)),
              2);
}

TEST_F(PortalTest, TheLimitHoldsForTwentyRequestsAtOnce) {
    const auto whom = doctor();
    const auto who = patient();
    std::atomic<int> joined{0};
    std::atomic<int> refused{0};
    simultaneously(20, [&](int i) {
        const auto answer = ask("POST", "/api/waitlist", wish(whom, who, base::addDays(tuesday_, i)));
        if (answer.status == 201) ++joined;
        if (answer.status == 400) ++refused;
    });
    EXPECT_EQ(joined, 3);
    EXPECT_EQ(refused, 17);
}

TEST_F(PortalTest, CancellationsBookingsAndPromotionsNeverDoubleBook) {
    const auto whom = doctor();
    std::atomic<int> won{0};
    const auto promoted = [&] {
        return clinic().database.number(
            fmt::format("SELECT COUNT(*) FROM waitlist WHERE status = 'promoted' AND doctor_id = {}", whom));
    };
    // Until both have come first.
    for (int round = 0; round < 8 || ((won == 0 || promoted() == 0) && round < 30); ++round) {
        const auto date = base::addDays(tuesday_, round);
        const auto nine = booked(whom, patient(), at(date, "09:00"));
        const auto half = booked(whom, patient(), at(date, "09:30"));
        waits(wish(whom, patient("Ada"), date));
        waits(wish(whom, patient("Ben"), date));
        const auto rival = patient("Rival");
        std::atomic<int> freed{0};
        simultaneously(4, [&](int i) {
            if (i < 2) {
                EXPECT_EQ(clinic().cancel(i == 0 ? nine : half).status, 200);
                ++freed;
                return;
            }
            // Who is refused tries again: the time is being freed at this moment.
            const auto wanted = booking(whom, at(date, i == 2 ? "09:00" : "09:15"), 30, "standard", rival);
            int status = 409;
            for (bool last = false; status == 409 && !last;) {
                last = freed == 2;
                status = clinic().book(wanted).status;
            }
            EXPECT_TRUE(status == 201 || status == 409) << status;
            if (status == 201) ++won;
        });
    }
    awaitOffers();
    EXPECT_GT(won, 0) << "no booking came before a promotion";
    EXPECT_GT(promoted(), 0) << "no promotion came before a booking";
    EXPECT_EQ(clinic().overlaps(), 0);
    EXPECT_EQ(clinic().database.number("SELECT COUNT(*) FROM waitlist WHERE status = 'promoted'"),
              clinic().database.number("SELECT COUNT(*) FROM jobs WHERE kind = 'promotion_notice'"));
}

// ---- calendar entries

TEST_F(PortalTest, GivesCalendarEntriesThatChange) {
    const auto id = booked(doctor(), patient(), at(tuesday_, "09:00"));
    const auto path = fmt::format("/api/appointments/{}/calendar.ics", id);
    const auto made = clinic().get(path);
    EXPECT_EQ(made.status, 200);
    EXPECT_EQ(made.header("Content-Type"), "text/calendar; charset=utf-8; method=REQUEST");
    EXPECT_THAT(made.body, HasSubstr("SEQUENCE:0"));
    EXPECT_THAT(made.body, HasSubstr("BEGIN:VTIMEZONE"));
    EXPECT_THAT(made.body, HasSubstr("T090000\r\n"));

    change(id, {{"start_time", at(tuesday_, "11:00")}});
    const auto moved = clinic().get(path).body;
    EXPECT_THAT(moved, HasSubstr("SEQUENCE:1"));
    EXPECT_THAT(moved, HasSubstr("T110000\r\n"));

    clinic().cancel(id);
    const auto cancelled = clinic().get(path);
    EXPECT_EQ(cancelled.header("Content-Type"), "text/calendar; charset=utf-8; method=CANCEL");
    EXPECT_THAT(cancelled.body, HasSubstr("METHOD:CANCEL"));
    EXPECT_THAT(cancelled.body, HasSubstr("SEQUENCE:2"));
    expectError(clinic().get("/api/appointments/999999/calendar.ics"), 404, "Appointment not found");
}

} // namespace
} // namespace rota::testing
