#include "base/zone.hpp"
#include "ctl/conform/checks.hpp"

#include <algorithm>
#include <array>
#include <random>

namespace rota::ctl::conform {
namespace {

using namespace std::chrono;
using plugin_host::borrowed;
using Slots = std::vector<std::pair<std::int64_t, std::int64_t>>;

constexpr std::int64_t kMinute = 60'000;

/// One doctor's day, as a policy gets it.
struct Day {
    std::string zone = "America/New_York";
    rota_span window{};
    std::int64_t now = 0;
    std::uint32_t type = ROTA_VISIT_STANDARD;
    std::uint32_t minutes = 30;
    std::vector<rota_span> open;
    std::vector<rota_busy> busy;

    rota_availability_query query() const {
        auto raw = plugin_host::sized<rota_availability_query>();
        raw.visit_type = type;
        raw.duration_ms = minutes * static_cast<std::uint32_t>(kMinute);
        raw.now_ms = now;
        raw.window = window;
        raw.zone = borrowed(zone);
        raw.doctor = borrowed("7");
        raw.open = open.data();
        raw.open_count = static_cast<std::uint32_t>(open.size());
        raw.busy = busy.data();
        raw.busy_count = static_cast<std::uint32_t>(busy.size());
        raw.busy_stride = sizeof(rota_busy);
        return raw;
    }
};

/// Days in zones whose clocks change on them by an hour or half of one, and days like others.
Day anyDay(std::mt19937& random) {
    struct Place {
        const char* zone;
        year_month_day date;
    };
    static const std::array<Place, 8> kPlaces{{{"America/New_York", year{2026} / March / 10},
                                               {"America/New_York", year{2026} / March / 8},
                                               {"America/New_York", year{2026} / November / 1},
                                               {"Europe/London", year{2026} / March / 29},
                                               {"Europe/London", year{2026} / October / 25},
                                               {"Australia/Lord_Howe", year{2026} / April / 5},
                                               {"Australia/Lord_Howe", year{2026} / October / 4},
                                               {"Asia/Kathmandu", year{2026} / March / 10}}};
    const auto within = [&](std::int64_t least, std::int64_t most) {
        return std::uniform_int_distribution<std::int64_t>(least, most)(random);
    };
    const auto& place = kPlaces[static_cast<std::size_t>(within(0, kPlaces.size() - 1))];
    const auto window = base::Zone(place.zone).day(place.date);
    Day day;
    day.zone = place.zone;
    day.window = {base::toUnixMs(window.begin), base::toUnixMs(window.end)};
    day.now = day.window.begin_ms + within(-3000, 1440) * kMinute;
    day.type = static_cast<std::uint32_t>(within(0, 3));
    day.minutes = static_cast<std::uint32_t>(std::array{15, 30, 45, 60}[static_cast<std::size_t>(within(0, 3))]);
    auto from = day.window.begin_ms + within(0, 300) * kMinute;
    for (auto left = within(0, 3); left > 0; --left) {
        const auto until = std::min(from + within(1, 400) * kMinute, day.window.end_ms);
        if (from < until) day.open.push_back({from, until});
        from = until + within(1, 120) * kMinute;
    }
    for (auto left = within(0, 9); left > 0; --left) {
        const auto begin = day.window.begin_ms + within(-100, 1500) * kMinute;
        day.busy.push_back(
            {sizeof(rota_busy), static_cast<std::uint32_t>(within(0, 3)), {begin, begin + within(1, 90) * kMinute}});
    }
    return day;
}

std::string shown(const Day& day, std::int64_t begin) {
    return "(" + day.zone + ", " + std::to_string((begin - day.window.begin_ms) / kMinute) + " minutes into a day of " +
           std::to_string((day.window.end_ms - day.window.begin_ms) / kMinute) + ")";
}

rota_status take(void* ctx, const rota_slot* slot) {
    static_cast<Slots*>(ctx)->emplace_back(slot->span.begin_ms, slot->span.end_ms);
    return ROTA_OK;
}

Slots slotsOf(Instance& instance, const rota_availability_query& query) {
    const auto& policy = instance.interface<rota_availability_v1>(ROTA_AVAILABILITY_V1);
    require(policy.slots != nullptr && policy.admit != nullptr, "its table lacks a function");
    Slots slots;
    auto sink = plugin_host::sized<rota_slot_sink>();
    sink.ctx = &slots;
    sink.offer = &take;
    Guarded<rota_error> error;
    const auto status = policy.slots(instance.raw(), &query, &sink, &error.value);
    checkError(error);
    require(status == ROTA_OK, "slots answers " + named(status) + ": " + error.value.message);
    std::ranges::sort(slots);
    return slots;
}

bool admits(Instance& instance, const rota_availability_query& query, std::int64_t start) {
    Guarded<rota_verdict> verdict;
    Guarded<rota_error> error;
    const auto status = instance.interface<rota_availability_v1>(ROTA_AVAILABILITY_V1)
                            .admit(instance.raw(), &query, start, &verdict.value, &error.value);
    checkError(error);
    verdict.check("rota_verdict");
    require(::strnlen(verdict.value.reason, sizeof verdict.value.reason) < sizeof verdict.value.reason,
            "does not end a verdict's reason with a zero");
    require(status == ROTA_OK, "admit answers " + named(status) + ": " + error.value.message);
    return verdict.value.admitted == 1;
}

/// What `look` finds on some hundred days, always the same ones.
template <class Look>
void onManyDays(const Subject& subject, Look&& look) {
    Instance instance(subject);
    std::mt19937 random(20260310);
    for (int i = 0; i < 400; ++i)
        look(instance, anyDay(random));
}

void keepsTheRules(const Subject& subject) {
    onManyDays(subject, [](Instance& instance, const Day& day) {
        for (const auto& [begin, end] : slotsOf(instance, day.query())) {
            require(end - begin == day.minutes * kMinute, "offers a slot of another length than asked for");
            require(std::ranges::any_of(
                        day.open, [&](const rota_span& open) { return open.begin_ms <= begin && end <= open.end_ms; }),
                    "offers a slot outside the working hours " + shown(day, begin));
            require(std::ranges::none_of(
                        day.busy,
                        [&](const rota_busy& busy) { return begin < busy.span.end_ms && busy.span.begin_ms < end; }),
                    "offers a slot that overlaps an appointment " + shown(day, begin));
        }
    });
}

void admitsWhatItOffers(const Subject& subject) {
    onManyDays(subject, [](Instance& instance, const Day& day) {
        for (const auto& [begin, end] : slotsOf(instance, day.query()))
            require(admits(instance, day.query(), begin), "does not admit what it offers " + shown(day, begin));
    });
}

void offersTheSameTwice(const Subject& subject) {
    Instance other(subject);
    other.host().clock().set(base::fromUnixMs(1'900'000'000'000));
    onManyDays(subject, [&](Instance& instance, const Day& day) {
        const auto first = slotsOf(instance, day.query());
        require(first == slotsOf(instance, day.query()), "offers something else when it is asked again");
        require(first == slotsOf(other, day.query()),
                "offers something else in another instance, whose host has another time");
    });
}

void ignoresAppointmentsOrder(const Subject& subject) {
    std::mt19937 random(7);
    onManyDays(subject, [&](Instance& instance, const Day& day) {
        auto shuffled = day;
        std::ranges::shuffle(shuffled.busy, random);
        require(slotsOf(instance, day.query()) == slotsOf(instance, shuffled.query()),
                "offers something else when the appointments come in another order");
    });
}

void offersPurely(const Subject& subject) {
    onManyDays(subject, [](Instance& instance, const Day& day) {
        instance.host().forgetImpure();
        for (const auto& slot : slotsOf(instance, day.query()))
            admits(instance, day.query(), slot.first);
        require(instance.host().impure().empty(),
                "uses the host's " + (instance.host().impure().empty() ? "" : *instance.host().impure().begin()) +
                    ", which a [pure] call may not");
    });
}

void readsLongerAppointments(const Subject& subject) {
    struct Newer {
        rota_busy known;
        std::array<char, 40> later;
    };
    onManyDays(subject, [](Instance& instance, const Day& day) {
        std::vector<Newer> busy(day.busy.size());
        for (std::size_t i = 0; i < busy.size(); ++i) {
            busy[i].known = day.busy[i];
            busy[i].known.struct_size = sizeof(Newer);
            busy[i].later.fill(static_cast<char>(0xEE));
        }
        auto query = day.query();
        query.busy = busy.empty() ? nullptr : &busy[0].known;
        query.busy_stride = sizeof(Newer);
        require(slotsOf(instance, query) == slotsOf(instance, day.query()),
                "reads appointments wrongly that a newer host makes longer: it ignores busy_stride");
    });
}

void offersWithin(const Subject& subject) {
    Edges edges;
    Instance instance(subject, &edges);
    const auto& policy = instance.interface<rota_availability_v1>(ROTA_AVAILABILITY_V1);
    std::mt19937 random(20260310);
    for (int i = 0; i < 20; ++i) {
        const auto day = anyDay(random);
        auto query = day.query();
        query.zone = edges.text(day.zone);
        query.doctor = edges.text("7");
        query.open = edges.copy(std::span(day.open));
        query.busy = edges.copy(std::span(day.busy));
        const auto* const given = edges.copy(query);
        Slots slots;
        auto* const sink = edges.copy(plugin_host::sized<rota_slot_sink>());
        sink->ctx = &slots;
        sink->offer = &take;
        policy.slots(instance.raw(), given, sink, edges.copy(plugin_host::sized<rota_error>()));
        slots.emplace_back(day.window.begin_ms, 0);
        for (const auto& slot : slots)
            policy.admit(instance.raw(), given, slot.first, edges.copy(plugin_host::sized<rota_verdict>()),
                         edges.copy(plugin_host::sized<rota_error>()));
    }
}

void takesEmptyAndFullDays(const Subject& subject) {
    Instance instance(subject);
    std::mt19937 random(1);
    auto day = anyDay(random);
    day.busy.clear();
    day.open.clear();
    auto closed = day.query();
    closed.open = nullptr;
    closed.busy = nullptr;
    require(slotsOf(instance, closed).empty(), "offers slots on a closed day");
    day.open = {day.window};
    for (int i = 0; i < 1440; ++i)
        day.busy.push_back({sizeof(rota_busy),
                            ROTA_VISIT_STANDARD,
                            {day.window.begin_ms + i * kMinute, day.window.begin_ms + (i + 1) * kMinute}});
    const auto begin = steady_clock::now();
    for (const auto& slot : slotsOf(instance, day.query()))
        require(slot.first >= day.window.begin_ms + 1440 * kMinute, "offers slots on a full day");
    require(steady_clock::now() - begin < 2s, "takes more than two seconds for one day");
}

} // namespace

std::vector<Check> availabilityChecks() {
    return {{"offers what lies within the hours and overlaps nothing", &keepsTheRules},
            {"admits whatever it offers", &admitsWhatItOffers},
            {"gives the same answer twice", &offersTheSameTwice},
            {"does not mind the order of the appointments", &ignoresAppointmentsOrder},
            {"uses no clock, no secret and no network", &offersPurely},
            {"reads what a newer host makes longer", &readsLongerAppointments},
            {kStaysWithin, &offersWithin},
            {"takes closed days and full ones", &takesEmptyAndFullDays}};
}

} // namespace rota::ctl::conform
