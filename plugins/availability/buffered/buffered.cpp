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

struct Gaps {
    minutes before{0};
    minutes after{0};
};

/// Leaves gaps around appointments, as long as each type of visit needs, and a lunch that moves with the day: it may be
/// anywhere between two times, as long as it still fits somewhere.
class Buffered final : public rota::AvailabilityPolicy {
public:
    static constexpr rota::About about{.id = "buffered",
                                       .name = "Gaps between appointments, and a lunch",
                                       .vendor = "Rota",
                                       .license = "Apache-2.0",
                                       .flags = ROTA_FLAG_REENTRANT,
                                       .dataNeeds = 0,
                                       .configSchema = R"({"type": "object", "properties": {
        "before": {"type": "integer", "minimum": 0, "maximum": 240, "default": 0, "title": "Minutes before each"},
        "after": {"type": "integer", "minimum": 0, "maximum": 240, "default": 0, "title": "Minutes after each"},
        "new_patient_before": {"type": "integer", "minimum": 0, "maximum": 240},
        "new_patient_after": {"type": "integer", "minimum": 0, "maximum": 240},
        "standard_before": {"type": "integer", "minimum": 0, "maximum": 240},
        "standard_after": {"type": "integer", "minimum": 0, "maximum": 240},
        "follow_up_before": {"type": "integer", "minimum": 0, "maximum": 240},
        "follow_up_after": {"type": "integer", "minimum": 0, "maximum": 240},
        "lunch": {"type": "integer", "minimum": 0, "maximum": 240, "default": 0, "title": "Minutes of lunch"},
        "lunch_from": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "default": "11:30"},
        "lunch_until": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "default": "14:00"}}})"};

    void configure(const rota::Config& config) override {
        other_ = {minutes{config.integer("before", 0)}, minutes{config.integer("after", 0)}};
        newPatient_ = gaps(config, "new_patient");
        standard_ = gaps(config, "standard");
        followUp_ = gaps(config, "follow_up");
        lunch_ = minutes{config.integer("lunch", 0)};
        lunchFrom_ = timeOfDay(config.text("lunch_from", "11:30"));
        lunchUntil_ = timeOfDay(config.text("lunch_until", "14:00"));
        if (lunchFrom_ + lunch_ > lunchUntil_)
            throw rota::Failure(ROTA_CONFIG, "leaves no room for the lunch after lunch_from").key("lunch_until");
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
        const auto block = withGaps(wanted, query.type);
        if (std::any_of(query.busy.begin(), query.busy.end(),
                        [&](const rota::Busy& busy) { return withGaps(busy.span, busy.type).overlaps(block); }))
            return {false, "too close to another appointment"};
        if (takesTheLunch(query, wanted)) return {false, "would leave no time for lunch"};
        return {true, ""};
    }

private:
    Gaps gaps(const rota::Config& config, const std::string& type) const {
        return {minutes{config.integer(type + "_before", other_.before.count())},
                minutes{config.integer(type + "_after", other_.after.count())}};
    }

    /// "11:30"; the schema's pattern lets nothing else pass.
    static minutes timeOfDay(std::string_view text) {
        int hour = 0;
        int minute = 0;
        std::from_chars(text.data(), text.data() + 2, hour);
        std::from_chars(text.data() + 3, text.data() + 5, minute);
        return std::chrono::hours{hour} + minutes{minute};
    }

    const Gaps& gapsOf(rota::VisitType type) const {
        switch (type) {
        case rota::VisitType::NewPatient: return newPatient_;
        case rota::VisitType::Standard: return standard_;
        case rota::VisitType::FollowUp: return followUp_;
        default: return other_;
        }
    }

    rota::Span withGaps(const rota::Span& span, rota::VisitType type) const {
        const auto& around = gapsOf(type);
        return {span.begin - around.before, span.end + around.after};
    }

    /// A day on which the lunch does not fit any more has none to be taken.
    bool takesTheLunch(const rota::AvailabilityQuery& query, const rota::Span& wanted) const {
        if (lunch_ == 0min) return false;
        const auto date = host().toLocal(query.zone, query.window.begin).date;
        const rota::Span around{host().toUtc(query.zone, {date, lunchFrom_}),
                                host().toUtc(query.zone, {date, lunchUntil_})};
        if (!wanted.overlaps(around)) return false;
        std::vector<rota::Span> taken;
        for (const auto& busy : query.busy)
            taken.push_back(busy.span);
        if (!hasRoom(around, taken)) return false;
        taken.push_back(wanted);
        return !hasRoom(around, taken);
    }

    /// Whether a lunch fits between what is taken.
    bool hasRoom(const rota::Span& around, std::vector<rota::Span> taken) const {
        std::sort(taken.begin(), taken.end(),
                  [](const rota::Span& a, const rota::Span& b) { return a.begin < b.begin; });
        auto free = around.begin;
        for (const auto& span : taken) {
            if (std::min(span.begin, around.end) - free >= lunch_) return true;
            free = std::max(free, span.end);
        }
        return around.end - free >= lunch_;
    }

    Gaps other_;
    Gaps newPatient_;
    Gaps standard_;
    Gaps followUp_;
    minutes lunch_{0};
    minutes lunchFrom_{0};
    minutes lunchUntil_{0};
};

} // namespace

ROTA_PLUGIN(Buffered);
