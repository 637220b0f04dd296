#include "clinic.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace rota::testing {
namespace {

using nlohmann::json;

/// One server for all tests of this file; each makes a doctor of its own.
class SchedulesTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        clinic_ = new Clinic;
        clinic_->start();
    }
    static void TearDownTestSuite() {
        EXPECT_EQ(clinic_->server->stop(), 0) << clinic_->server->output();
        delete clinic_;
    }

    static HttpAnswer ask(const std::string& method, const std::string& path, const json& body = nullptr) {
        return clinic_->connect().request(method, path, body.is_null() ? "" : body.dump());
    }
    /// Who works Mondays 8 to 12 and 13 to 17; the path.
    static std::string doctor() {
        const auto made = ask("POST", "/api/doctors", {{"name", "Dr. Ada Osei"}, {"specialty", "Dermatology"}});
        EXPECT_EQ(made.status, 201) << made.body;
        EXPECT_EQ(made.header("Location"), fmt::format("/api/doctors/{}", made.json()["id"].get<int>()));
        EXPECT_EQ(ask("PUT", made.header("Location") + "/schedule", splitMonday()).status, 200);
        return made.header("Location");
    }
    static std::int64_t idOf(const std::string& path) { return std::stoll(path.substr(path.rfind('/') + 1)); }
    static json range(int day, const std::string& begin, const std::string& end) {
        return {{"day_of_week", day}, {"start_time", begin}, {"end_time", end}};
    }
    static json splitMonday() { return {{"schedule", {range(1, "08:00", "12:00"), range(1, "13:00", "17:00")}}}; }
    static int freeOn(const std::string& doctor, base::Date date) {
        const auto answer = ask("GET", doctor + "/availability?date=" + base::formatDate(date));
        return answer.status == 200 ? static_cast<int>(answer.json()["slots"].size()) : -answer.status;
    }
    static void expectFields(const HttpAnswer& answer, const std::vector<std::string>& fields) {
        EXPECT_EQ(answer.status, 400) << answer.body;
        std::vector<std::string> named;
        const auto details = answer.json()["details"];
        for (const auto& detail : details)
            named.push_back(detail["field"]);
        EXPECT_EQ(named, fields) << answer.body;
    }
    static std::vector<std::int64_t> affected(const HttpAnswer& answer) {
        std::vector<std::int64_t> ids;
        const auto list = answer.json().at("affected_appointments");
        for (const auto& appointment : list)
            ids.push_back(appointment.at("id"));
        return ids;
    }

    const base::Date monday_ = comingDay(std::chrono::Monday, 3);
    static Clinic* clinic_;
};

Clinic* SchedulesTest::clinic_ = nullptr;

TEST_F(SchedulesTest, ANewDoctorHasNoHoursUntilTheyAreSet) {
    const auto made = ask("POST", "/api/doctors",
                          {{"name", "Dr. New"},
                           {"specialty", "Pediatrics"},
                           {"bio", "First line.\nSecond."},
                           {"photo_url", "/photos/new.svg"},
                           {"years_of_experience", 9}});
    ASSERT_EQ(made.status, 201) << made.body;
    const auto path = made.header("Location");
    EXPECT_EQ(ask("GET", path).json(), made.json());
    EXPECT_EQ(made.json()["years_of_experience"], 9);
    EXPECT_EQ(ask("GET", path + "/schedule").json(), (json{{"doctor_id", idOf(path)}, {"schedule", json::array()}}));
    EXPECT_EQ(freeOn(path, monday_), 0);
    const auto set =
        ask("PUT", path + "/schedule", {{"schedule", {range(1, "13:00", "17:00"), range(1, "08:00", "12:00")}}});
    ASSERT_EQ(set.status, 200) << set.body;
    EXPECT_EQ(set.json()["schedule"], splitMonday()["schedule"]) << "sorted";
    EXPECT_EQ(ask("GET", path + "/schedule").json()["schedule"], splitMonday()["schedule"]);
    EXPECT_EQ(freeOn(path, monday_), 16);
}

TEST_F(SchedulesTest, SaysWhatIsWrongWithADoctor) {
    expectFields(ask("POST", "/api/doctors", json::object()), {"name", "specialty"});
    expectFields(ask("POST", "/api/doctors",
                     {{"name", " "}, {"specialty", std::string(51, 'x')}, {"bio", 1}, {"years_of_experience", 81}}),
                 {"bio", "name", "specialty", "years_of_experience"});
    expectFields(ask("POST", "/api/doctors", {{"name", "A\nB"}, {"specialty", std::string("a\0b", 3)}}),
                 {"name", "specialty"});
    const auto path = doctor();
    expectFields(ask("PATCH", path, json::object()), {"body"});
    expectFields(ask("PATCH", path, {{"name", nullptr}}), {"name"});
    expectFields(ask("PATCH", path, {{"active", "no"}, {"years_of_experience", 1.5}}),
                 {"years_of_experience", "active"});
    EXPECT_EQ(ask("PATCH", "/api/doctors/99999", {{"active", false}}).status, 404);
    EXPECT_EQ(ask("PATCH", "/api/doctors/x", {{"active", false}}).json()["error"], "Doctor not found");
}

TEST_F(SchedulesTest, NewHoursHoldAtOnceAndNameWhomTheyLeaveOutside) {
    const auto path = doctor();
    const auto kept = clinic_->booked(idOf(path), at(monday_, "09:00"));
    const auto outside = clinic_->booked(idOf(path), at(monday_, "16:00"));
    const json shorter = {{"schedule", {range(1, "08:00", "12:00")}}};

    const auto preview = ask("PUT", path + "/schedule?preview=true", shorter);
    ASSERT_EQ(preview.status, 200) << preview.body;
    EXPECT_EQ(affected(preview), std::vector{outside});
    EXPECT_EQ(preview.json()["schedule"], shorter["schedule"]);
    EXPECT_EQ(freeOn(path, monday_), 14) << "nothing has changed";

    const auto changed = ask("PUT", path + "/schedule", shorter);
    EXPECT_EQ(changed.json(), preview.json());
    EXPECT_EQ(changed.json()["affected_appointments"][0], (json{{"id", outside},
                                                                {"patient", {{"id", 1}, {"name", "Alice Thompson"}}},
                                                                {"start_time", isoAt(monday_, "16:00")},
                                                                {"duration", 30},
                                                                {"type", "standard"}}));
    EXPECT_EQ(freeOn(path, monday_), 7);
    EXPECT_EQ(clinic_->book(booking(idOf(path), at(monday_, "14:00"))).status, 400);
    for (const auto id : {kept, outside})
        EXPECT_EQ(clinic_->get(fmt::format("/api/appointments/{}", id)).json()["status"], "scheduled");
}

TEST_F(SchedulesTest, RefusesHoursThatOverlapOrRunBackwards) {
    const auto path = doctor() + "/schedule";
    const auto put = [&](const json& ranges) { return ask("PUT", path, {{"schedule", ranges}}); };
    expectFields(put({range(1, "08:00", "12:00"), range(1, "11:59", "13:00")}), {"schedule[1].start_time"});
    expectFields(put(json::array({range(1, "12:00", "08:00")})), {"schedule[0].end_time"});
    expectFields(put({range(7, "8:00", "25:00"), 5}),
                 {"schedule[0].day_of_week", "schedule[0].start_time", "schedule[0].end_time", "schedule[1]"});
    expectFields(put({{{"day_of_week", 1}}}), {"schedule[0].start_time", "schedule[0].end_time"});
    expectFields(put(5), {"schedule"});
    expectFields(ask("PUT", path, json::object()), {"schedule"});
    expectFields(put(std::vector<json>(71, range(1, "08:00", "09:00"))), {"schedule"});
    expectFields(ask("PUT", path + "?preview=maybe", splitMonday()), {"preview"});
    EXPECT_EQ(ask("GET", path).json()["schedule"], splitMonday()["schedule"]) << "nothing of it was taken";
    EXPECT_EQ(put(json::array({range(0, "00:00", "24:00")})).status, 200);
    EXPECT_EQ(ask("GET", path).json()["schedule"], json::array({range(0, "00:00", "24:00")}));
    EXPECT_EQ(ask("GET", "/api/doctors/99999/schedule").json(), (json{{"error", "Doctor not found"}}));
    EXPECT_EQ(ask("PUT", "/api/doctors/99999/schedule", splitMonday()).status, 404);
    EXPECT_EQ(ask("DELETE", path).header("Allow"), "OPTIONS, GET, HEAD, PUT");
}

TEST_F(SchedulesTest, TimeOffBlocksDaysUntilItIsDeleted) {
    const auto path = doctor();
    const auto within = clinic_->booked(idOf(path), at(monday_, "09:00"));
    const auto day = base::formatDate(monday_);
    const json off = {
        {"start_date", day}, {"end_date", base::formatDate(base::addDays(monday_, 2))}, {"reason", "Rest"}};

    const auto preview = ask("POST", path + "/time-off?preview=true", off);
    ASSERT_EQ(preview.status, 200) << preview.body;
    EXPECT_EQ(preview.json().size(), 1u);
    EXPECT_EQ(affected(preview), std::vector{within});
    EXPECT_EQ(ask("GET", path + "/time-off").json(), json::array());

    const auto added = ask("POST", path + "/time-off", off);
    ASSERT_EQ(added.status, 201) << added.body;
    EXPECT_EQ(affected(added), std::vector{within});
    const auto id = added.json()["id"].get<std::int64_t>();
    EXPECT_EQ(added.header("Location"), fmt::format("{}/time-off/{}", path, id));
    auto listed = off;
    listed["id"] = id;
    EXPECT_EQ(ask("GET", path + "/time-off").json(), json::array({listed}));
    EXPECT_EQ(ask("GET", added.header("Location")).json(), listed);
    EXPECT_EQ(freeOn(path, monday_), 0);
    EXPECT_EQ(clinic_->book(booking(idOf(path), at(monday_, "10:00"))).json()["error"],
              "Doctor is not available on " + day);

    EXPECT_EQ(ask("DELETE", added.header("Location")).json(), (json{{"message", "Time off deleted"}}));
    EXPECT_EQ(freeOn(path, monday_), 15);
    EXPECT_EQ(ask("DELETE", added.header("Location")).json(), (json{{"error", "Time off not found"}}));
    EXPECT_EQ(ask("GET", added.header("Location")).json(), (json{{"error", "Time off not found"}}));
    EXPECT_EQ(ask("DELETE", path + "/time-off/x").status, 404);
}

TEST_F(SchedulesTest, ListsOnlyTimeOffThatHasNotPassed) {
    const auto path = doctor();
    const auto today = newYork().toLocal(machineTime()).date;
    for (const int lastDay : {-1, 0})
        EXPECT_EQ(ask("POST", path + "/time-off",
                      {{"start_date", base::formatDate(base::addDays(today, -3))},
                       {"end_date", base::formatDate(base::addDays(today, lastDay))}})
                      .status,
                  201);
    const auto listed = ask("GET", path + "/time-off").json();
    ASSERT_EQ(listed.size(), 1u);
    EXPECT_EQ(listed[0]["end_date"], base::formatDate(today));
    EXPECT_EQ(listed[0]["reason"], "");
}

TEST_F(SchedulesTest, SaysWhatIsWrongWithTimeOff) {
    const auto path = doctor() + "/time-off";
    expectFields(ask("POST", path, json::object()), {"start_date", "end_date"});
    expectFields(ask("POST", path, {{"start_date", "2026-02-30"}, {"end_date", 5}, {"reason", std::string(256, 'x')}}),
                 {"start_date", "end_date", "reason"});
    expectFields(ask("POST", path, {{"start_date", "2026-12-24"}, {"end_date", "2026-12-23"}}), {"end_date"});
    EXPECT_EQ(
        ask("POST", "/api/doctors/99999/time-off", {{"start_date", "2026-12-24"}, {"end_date", "2026-12-24"}}).status,
        404);
    EXPECT_EQ(ask("GET", "/api/doctors/99999/time-off").status, 404);
    EXPECT_EQ(ask("DELETE", "/api/doctors/99999/time-off/1").json()["error"], "Doctor not found");
    // Another doctor's time off is not this one's to delete.
    const auto off = ask("POST", path, {{"start_date", "2026-12-24"}, {"end_date", "2026-12-24"}}).json()["id"];
    EXPECT_EQ(ask("DELETE", fmt::format("{}/time-off/{}", doctor(), off.get<int>())).status, 404);
}

TEST_F(SchedulesTest, ADoctorWhoLeavesIsNotBookedAnyMore) {
    const auto path = doctor();
    const auto left = clinic_->booked(idOf(path), at(monday_, "09:00"));
    EXPECT_EQ(affected(ask("PATCH", path, {{"specialty", "Cardiology"}})), std::vector<std::int64_t>{});
    EXPECT_EQ(ask("GET", path).json()["specialty"], "Cardiology");
    EXPECT_EQ(affected(ask("PATCH", path + "?preview=true", {{"active", false}})), std::vector{left});
    EXPECT_EQ(freeOn(path, monday_), 15);

    const auto gone = ask("PATCH", path, {{"active", false}});
    ASSERT_EQ(gone.status, 200) << gone.body;
    EXPECT_EQ(affected(gone), std::vector{left});
    EXPECT_EQ(gone.json()["active"], false);
    EXPECT_EQ(ask("GET", path).json()["active"], false);
    EXPECT_EQ(freeOn(path, monday_), -404);
    EXPECT_EQ(clinic_->book(booking(idOf(path), at(monday_, "10:00"))).status, 404);
    const auto listed = ask("GET", "/api/doctors").json();
    for (const auto& doctor : listed)
        EXPECT_NE(doctor["id"], idOf(path));
    EXPECT_EQ(ask("PATCH", path, {{"active", true}}).status, 200);
    EXPECT_EQ(freeOn(path, monday_), 15);
}

/// Whatever their order, no booking that was acknowledged after the time off lies within it.
TEST_F(SchedulesTest, TimeOffIsNotRacedByBookings) {
    const auto day = base::formatDate(monday_);
    int madeInAll = 0, refusedInAll = 0;
    for (int round = 0; round < 4 || ((madeInAll == 0 || refusedInAll == 0) && round < 24); ++round) {
        const auto path = doctor();
        HttpAnswer off;
        std::atomic<int> made = 0, refused = 0, answered = 0;
        simultaneously(17, [&](int i) {
            if (i == 16) {
                while (made < 3 * (round % 4) && answered < 16)
                    std::this_thread::sleep_for(std::chrono::milliseconds{1});
                off = ask("POST", path + "/time-off", {{"start_date", day}, {"end_date", day}});
                return;
            }
            const auto start = at(monday_, fmt::format("{:02}:{:02}", (i < 8 ? 8 : 9) + i / 2, i % 2 * 30));
            const auto status = clinic_->book(booking(idOf(path), start)).status;
            if (status == 201) ++made;
            if (status == 400) ++refused;
            ++answered;
        });
        ASSERT_EQ(off.status, 201) << off.body;
        EXPECT_EQ(made + refused, 16);
        // All that were made were made before it, so that it names every one.
        EXPECT_EQ(static_cast<int>(affected(off).size()), made);
        madeInAll += made;
        refusedInAll += refused;
    }
    EXPECT_GT(madeInAll, 0) << "no booking came before its time off";
    EXPECT_GT(refusedInAll, 0) << "no booking came behind its time off";
}

} // namespace
} // namespace rota::testing
