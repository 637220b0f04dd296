#include <rota/plugin.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::minutes;

/// What one held-back place is counted in.
constexpr milliseconds kPlace = 30min;

/// Takes so many new patients a day, and holds some places back for those who call in the morning of the day itself:
/// until then an appointment is only taken if that many half hours stay free beside it.
class Capacity final : public rota::AvailabilityPolicy {
public:
    static constexpr rota::About about{.id = "capacity",
                                       .name = "New patients a day, places held back",
                                       .vendor = "Rota",
                                       .license = "Apache-2.0",
                                       .flags = ROTA_FLAG_REENTRANT,
                                       .dataNeeds = 0,
                                       .configSchema = R"({"type": "object", "properties": {
        "new_patients": {"type": "integer", "minimum": 0, "maximum": 1000, "default": 1000,
                         "title": "New patients a day"},
        "held_back": {"type": "integer", "minimum": 0, "maximum": 48, "default": 0,
                      "title": "Half hours that are kept for the day itself"},
        "released_at": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "default": "07:00",
                        "title": "When they are given out, by the clinic's clock"}}})"};

    void configure(const rota::Config& config) override {
        newPatients_ = config.integer("new_patients", 1000);
        heldBack_ = config.integer("held_back", 0);
        releasedAt_ = timeOfDay(config.text("released_at", "07:00"));
    }

    std::vector<rota::Span> slots(const rota::AvailabilityQuery& query) const override {
        const auto step = std::min<milliseconds>(query.duration, 30min);
        std::vector<rota::Span> offered;
        for (const auto& open : query.open)
            for (auto start = open.begin; start + query.duration <= open.end; start += step)
                if (admit(query, start).admitted) offered.push_back({start, start + query.duration});
        return offered;
    }

    rota::Verdict admit(const rota::AvailabilityQuery& query, rota::TimePoint start) const override {
        const rota::Span wanted{start, start + query.duration};
        if (std::none_of(query.open.begin(), query.open.end(),
                         [&](const rota::Span& open) { return open.contains(wanted); }))
            return {false, "outside the working hours"};
        if (std::any_of(query.busy.begin(), query.busy.end(),
                        [&](const rota::Busy& busy) { return busy.span.overlaps(wanted); }))
            return {false, "overlaps another appointment"};
        if (query.type == rota::VisitType::NewPatient && newPatientsOn(query) >= newPatients_)
            return {false, "no more new patients that day"};
        if (holdsBack(query) && placesBeside(query, wanted) < heldBack_)
            return {false, "the last places are given out in the morning of that day"};
        return {true, ""};
    }

private:
    /// "07:00"; the schema's pattern lets nothing else pass.
    static minutes timeOfDay(std::string_view text) {
        int hour = 0;
        int minute = 0;
        std::from_chars(text.data(), text.data() + 2, hour);
        std::from_chars(text.data() + 3, text.data() + 5, minute);
        return std::chrono::hours{hour} + minutes{minute};
    }

    static std::int64_t newPatientsOn(const rota::AvailabilityQuery& query) {
        return std::count_if(query.busy.begin(), query.busy.end(), [&](const rota::Busy& busy) {
            return busy.type == rota::VisitType::NewPatient && query.window.begin <= busy.span.begin &&
                   busy.span.begin < query.window.end;
        });
    }

    bool holdsBack(const rota::AvailabilityQuery& query) const {
        if (heldBack_ == 0) return false;
        const auto date = host().toLocal(query.zone, query.window.begin).date;
        return query.now < host().toUtc(query.zone, {date, releasedAt_});
    }

    /// How many half hours of the working hours stay free once `wanted` is taken.
    static std::int64_t placesBeside(const rota::AvailabilityQuery& query, const rota::Span& wanted) {
        std::vector<rota::Span> taken{wanted};
        for (const auto& busy : query.busy)
            taken.push_back(busy.span);
        std::sort(taken.begin(), taken.end(),
                  [](const rota::Span& a, const rota::Span& b) { return a.begin < b.begin; });
        std::int64_t places = 0;
        for (const auto& open : query.open) {
            auto free = open.begin;
            for (const auto& span : taken) {
                places += std::max<std::int64_t>((std::min(span.begin, open.end) - free) / kPlace, 0);
                free = std::max(free, span.end);
            }
            places += std::max<std::int64_t>((open.end - free) / kPlace, 0);
        }
        return places;
    }

    std::int64_t newPatients_ = 0;
    std::int64_t heldBack_ = 0;
    minutes releasedAt_{0};
};

} // namespace

ROTA_PLUGIN(Capacity);
