#include "app/calendar_event.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rota::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CalendarEventTest : public ::testing::Test {
protected:
    CalendarEventTest() {
        clinic_.name = "Riverside; \"Medical\" Clinic";
        clinic_.address = "240 Riverside Avenue, New York";
        clinic_.phone = "212-555-0140";
        clinic_.portalUrl = "https://portal.clinic.example/me";
        appointment_.id = {7};
        appointment_.start = *clinic_.zone.toUtc({kTuesday, std::chrono::hours{9}});
        appointment_.duration = base::Minutes{30};
    }

    /// With folded lines joined again.
    std::string event(const CalendarAttendee& attendee = {}) const {
        auto text = calendarEvent(appointment_, "Dr. Ada Quill", clinic_, appointment_.start - std::chrono::hours{48},
                                  attendee);
        for (auto at = text.find("\r\n "); at != std::string::npos; at = text.find("\r\n ", at))
            text.erase(at, 3);
        return text;
    }

    static constexpr base::Date kTuesday{std::chrono::year{2026}, std::chrono::March, std::chrono::day{10}};
    Clinic clinic_;
    domain::Appointment appointment_;
};

TEST_F(CalendarEventTest, SaysWhenAndWhere) {
    const auto text = event();
    EXPECT_THAT(text, HasSubstr("BEGIN:VCALENDAR\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\nMETHOD:REQUEST\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\nUID:appointment-7@portal.clinic.example\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\nDTSTAMP:20260308T130000Z\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\nDTSTART;TZID=America/New_York:20260310T090000\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\nDTEND;TZID=America/New_York:20260310T093000\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\nSEQUENCE:0\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\nSTATUS:CONFIRMED\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\nSUMMARY:Appointment with Dr. Ada Quill\r\n"));
    EXPECT_THAT(text, HasSubstr("LOCATION:Riverside\\; \"Medical\" Clinic\\, 240 Riverside Avenue\\, New York"));
    EXPECT_THAT(text, HasSubstr("ORGANIZER;CN=\"Riverside; 'Medical' Clinic\":tel:+12125550140"));
    EXPECT_THAT(text, Not(HasSubstr("ATTENDEE")));
    EXPECT_EQ(calendarContentType(appointment_), "text/calendar; charset=utf-8; method=REQUEST");
}

TEST_F(CalendarEventTest, CarriesTheRulesOfTheZone) {
    const auto text = event();
    EXPECT_THAT(text, HasSubstr("BEGIN:VTIMEZONE\r\nTZID:America/New_York\r\n"));
    EXPECT_THAT(text, HasSubstr("BEGIN:DAYLIGHT\r\nTZNAME:EDT\r\nTZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400\r\n"));
    EXPECT_THAT(text, HasSubstr("BEGIN:STANDARD\r\nTZNAME:EST\r\nTZOFFSETFROM:-0400\r\nTZOFFSETTO:-0500\r\n"));
    EXPECT_LT(text.size(), 2000u) << "not all rules since 1883";
    EXPECT_EQ(text.find("BEGIN:DAYLIGHT"), text.rfind("BEGIN:DAYLIGHT"));
}

TEST_F(CalendarEventTest, AZoneWithoutRulesIsUtc) {
    clinic_.zone = base::Zone{"Etc/UTC"};
    const auto text = event();
    EXPECT_THAT(text, HasSubstr("DTSTART"));
    EXPECT_THAT(text, HasSubstr("20260310T130000"));
}

TEST_F(CalendarEventTest, ZonesWithoutSummerTimeAndWithTheirOwn) {
    for (const auto* zone : {"America/Phoenix", "Asia/Tokyo", "Europe/Dublin", "Africa/Casablanca", "Asia/Kolkata"}) {
        clinic_.zone = base::Zone{zone};
        const auto text = event();
        EXPECT_THAT(text, HasSubstr(std::string("BEGIN:VTIMEZONE\r\nTZID:") + zone + "\r\n"));
        EXPECT_THAT(text, HasSubstr(std::string("DTSTART;TZID=") + zone + ":"));
        EXPECT_THAT(text, HasSubstr("END:VTIMEZONE"));
    }
}

TEST_F(CalendarEventTest, TakesACancelledOneOutAndCountsChanges) {
    appointment_.status = domain::AppointmentStatus::Cancelled;
    appointment_.calendarSequence = 3;
    const auto text = event();
    EXPECT_THAT(text, HasSubstr("\r\nMETHOD:CANCEL\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\nSTATUS:CANCELLED\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\nSEQUENCE:3\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\nUID:appointment-7@portal.clinic.example\r\n"));
    EXPECT_EQ(calendarContentType(appointment_), "text/calendar; charset=utf-8; method=CANCEL");
}

TEST_F(CalendarEventTest, NamesThePatientToThePatientAlone) {
    EXPECT_THAT(event({"Zoë Núñez", "zoe@example.org"}),
                HasSubstr("ATTENDEE;CN=Zoë Núñez;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:zoe@example.org"));
}

TEST_F(CalendarEventTest, ANameIsNeverALine) {
    clinic_.name = "Clinic\r\nATTACH:http://evil.example";
    EXPECT_THAT(event({"Eve\"\r\nATTACH:x", "eve@example.org\r\nATTACH:y"}), Not(HasSubstr("\r\nATTACH")));
}

} // namespace
} // namespace rota::app
