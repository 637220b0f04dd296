#include "http/json.hpp"

namespace rota::http {

Response json(int status, const Json& body) {
    Response response;
    response.status = status;
    response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    return response;
}

Json doctorJson(const domain::Doctor& doctor) {
    return {{"id", doctor.id.value},  {"name", doctor.name},          {"specialty", doctor.specialty},
            {"bio", doctor.bio},      {"photo_url", doctor.photoUrl}, {"years_of_experience", doctor.yearsOfExperience},
            {"active", doctor.active}};
}

Json slotsJson(std::span<const base::Interval> slots, const base::Zone& zone) {
    auto list = Json::array();
    for (const auto& slot : slots) {
        // Member by member: a braced list would be copied twice, and this is the answer that is asked for most.
        auto& entry = list.emplace_back(Json::object());
        entry["start_time"] = zone.iso(slot.begin);
        entry["end_time"] = zone.iso(slot.end);
        entry["duration"] = std::chrono::floor<base::Minutes>(slot.end - slot.begin).count();
    }
    return list;
}

} // namespace rota::http
