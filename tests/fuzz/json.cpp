/// From a request's body to every command that a body can be.
#include "http/json.hpp"

#include "domain/appointment.hpp"
#include "fuzz.hpp"
#include "http/commands.hpp"
#include "http/json_body.hpp"
#include "http/portal_commands.hpp"
#include "http/schedule_commands.hpp"

namespace rota::testing {
namespace {

using namespace http;

/// Either a command, or what is wrong, in words that can be sent.
template <class Command>
bool isCommand(const tl::expected<Command, FieldErrors>& parsed) {
    if (parsed) return true;
    require(!parsed.error().empty());
    require(Json::accept(validationFailed(parsed.error()).body));
    return false;
}

void parseAll(const nlohmann::json& body) {
    static const base::Zone zone{"America/New_York"};
    const base::Date today{std::chrono::year{2026}, std::chrono::March, std::chrono::day{10}};

    if (const auto booking = parseBooking(body, zone); isCommand(booking)) {
        require(booking->doctor.value > 0 && booking->patient.value > 0);
        require(domain::isBookableDuration(booking->duration));
    }
    if (const auto change = parseAppointmentChange(body, zone); isCommand(change))
        require(body.contains("start_time") != body.contains("status"));
    if (const auto entry = parseWaitlistEntry(body); isCommand(entry))
        require(entry->desiredDate.ok() && entry->priority >= 0 && entry->priority <= 100);
    if (const auto form = parsePatientForm(body, today); isCommand(form)) {
        const auto patient = domain::parsePatient(*form, today);
        require(patient && patient->dateOfBirth < today && !domain::nameKey(patient->name).empty());
    }
    if (const auto week = parseWeek(body); isCommand(week))
        for (const auto& part : *week)
            require(part.dayOfWeek < 7 && part.hours.begin < part.hours.end);
    if (const auto off = parseTimeOff(body); isCommand(off)) require(off->days.first <= off->days.last);
    isCommand(parsePreferences(body));
    isCommand(parseNewDoctor(body));
    isCommand(parseDoctorChange(body));
}

} // namespace
} // namespace rota::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace rota::testing;
    rota::http::Request request;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = textOf(data, size);
    const auto body = rota::http::parseJsonObject(request);
    if (body)
        parseAll(*body);
    else
        require(body.error().status == 400);
    return 0;
}
