#include "ctl/conform/checks.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <set>

namespace rota::ctl::conform {
namespace {

using namespace std::chrono_literals;
using plugin_host::borrowed;
using Refs = std::vector<std::uint64_t>;

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kNow = 1'773'151'200'000;

std::vector<rota_candidate> anyCandidates(std::mt19937& random, std::size_t count) {
    const auto within = [&](std::int64_t least, std::int64_t most) {
        return std::uniform_int_distribution<std::int64_t>(least, most)(random);
    };
    std::vector<rota_candidate> candidates;
    for (std::size_t i = 0; i < count; ++i) {
        auto one = plugin_host::sized<rota_candidate>();
        one.ref = i + 1;
        one.priority = static_cast<std::int32_t>(within(-3, 3));
        one.joined_ms = kNow - within(0, 50) * kHour;
        // A value that this plugin was not built to know is no error.
        one.prefers = static_cast<std::uint32_t>(within(0, 3));
        one.cancelled_promotions = static_cast<std::uint32_t>(within(0, 3));
        one.accepts = {kNow + within(0, 30) * kHour, kNow + within(20, 60) * kHour};
        candidates.push_back(one);
    }
    std::ranges::shuffle(candidates, random);
    return candidates;
}

rota_waitlist_query queryOf(const rota_candidate* candidates, std::size_t count, std::uint32_t stride) {
    auto query = plugin_host::sized<rota_waitlist_query>();
    query.visit_type = ROTA_VISIT_STANDARD;
    query.now_ms = kNow;
    query.slot = {kNow + 24 * kHour, kNow + 24 * kHour + kHour / 2};
    query.zone = borrowed("America/New_York");
    query.doctor = borrowed("7");
    query.candidates = candidates;
    query.candidate_count = static_cast<std::uint32_t>(count);
    query.candidate_stride = stride;
    return query;
}

rota_status take(void* ctx, const rota_ranked* next) {
    static_cast<Refs*>(ctx)->push_back(next->ref);
    return ROTA_OK;
}

Refs ranked(Instance& instance, const rota_waitlist_query& query) {
    const auto& strategy = instance.interface<rota_waitlist_v1>(ROTA_WAITLIST_V1);
    require(strategy.rank != nullptr, "its table has no rank");
    Refs refs;
    auto sink = plugin_host::sized<rota_rank_sink>();
    sink.ctx = &refs;
    sink.next = &take;
    Guarded<rota_error> error;
    const auto status = strategy.rank(instance.raw(), &query, &sink, &error.value);
    checkError(error);
    require(status == ROTA_OK, "rank answers " + named(status) + ": " + error.value.message);
    return refs;
}

Refs ranked(Instance& instance, const std::vector<rota_candidate>& candidates) {
    return ranked(instance, queryOf(candidates.data(), candidates.size(), sizeof(rota_candidate)));
}

template <class Look>
void onManyLists(const Subject& subject, Look&& look) {
    Instance instance(subject);
    std::mt19937 random(20260310);
    for (std::size_t i = 0; i < 200; ++i)
        look(instance, anyCandidates(random, i % 40));
}

void namesEachOnce(const Subject& subject) {
    onManyLists(subject, [](Instance& instance, const std::vector<rota_candidate>& candidates) {
        std::set<std::uint64_t> left;
        for (const auto& candidate : candidates)
            left.insert(candidate.ref);
        for (const auto ref : ranked(instance, candidates))
            require(left.erase(ref) == 1, "names somebody twice, or nobody that it was given");
    });
}

void ranksTheSameTwice(const Subject& subject) {
    Instance other(subject);
    other.host().clock().set(base::fromUnixMs(1'900'000'000'000));
    onManyLists(subject, [&](Instance& instance, const std::vector<rota_candidate>& candidates) {
        const auto first = ranked(instance, candidates);
        require(first == ranked(instance, candidates), "gives another order when it is asked again");
        require(first == ranked(other, candidates),
                "gives another order in another instance, whose host has another time");
    });
}

void ignoresCandidatesOrder(const Subject& subject) {
    std::mt19937 random(7);
    onManyLists(subject, [&](Instance& instance, const std::vector<rota_candidate>& candidates) {
        auto shuffled = candidates;
        std::ranges::shuffle(shuffled, random);
        require(ranked(instance, candidates) == ranked(instance, shuffled),
                "gives another order when the candidates come in another one");
    });
}

void ranksPurely(const Subject& subject) {
    onManyLists(subject, [](Instance& instance, const std::vector<rota_candidate>& candidates) {
        instance.host().forgetImpure();
        ranked(instance, candidates);
        require(instance.host().impure().empty(),
                "uses the host's " + (instance.host().impure().empty() ? "" : *instance.host().impure().begin()) +
                    ", which a [pure] call may not");
    });
}

void readsLongerCandidates(const Subject& subject) {
    struct Newer {
        rota_candidate known;
        std::array<char, 40> later;
    };
    onManyLists(subject, [](Instance& instance, const std::vector<rota_candidate>& candidates) {
        std::vector<Newer> longer(candidates.size());
        for (std::size_t i = 0; i < longer.size(); ++i) {
            longer[i].known = candidates[i];
            longer[i].known.struct_size = sizeof(Newer);
            longer[i].later.fill(static_cast<char>(0xEE));
        }
        const auto* first = longer.empty() ? nullptr : &longer[0].known;
        require(ranked(instance, queryOf(first, longer.size(), sizeof(Newer))) == ranked(instance, candidates),
                "reads candidates wrongly that a newer host makes longer: it ignores candidate_stride");
    });
}

void ranksWithin(const Subject& subject) {
    Edges edges;
    Instance instance(subject, &edges);
    const auto& strategy = instance.interface<rota_waitlist_v1>(ROTA_WAITLIST_V1);
    std::mt19937 random(20260310);
    for (std::size_t count = 0; count < 20; ++count) {
        const auto candidates = anyCandidates(random, count);
        auto query = queryOf(edges.copy(std::span(candidates)), count, sizeof(rota_candidate));
        query.zone = edges.text("America/New_York");
        query.doctor = edges.text("7");
        Refs refs;
        auto* const sink = edges.copy(plugin_host::sized<rota_rank_sink>());
        sink->ctx = &refs;
        sink->next = &take;
        strategy.rank(instance.raw(), edges.copy(query), sink, edges.copy(plugin_host::sized<rota_error>()));
    }
}

void takesNobodyAndTenThousand(const Subject& subject) {
    Instance instance(subject);
    require(ranked(instance, queryOf(nullptr, 0, sizeof(rota_candidate))).empty(), "names somebody of an empty list");
    std::mt19937 random(3);
    const auto many = anyCandidates(random, 10'000);
    const auto begin = std::chrono::steady_clock::now();
    ranked(instance, many);
    require(std::chrono::steady_clock::now() - begin < 2s, "takes more than two seconds for 10,000 candidates");
}

} // namespace

std::vector<Check> waitlistChecks() {
    return {{"names each candidate at most once, and nobody else", &namesEachOnce},
            {"gives the same answer twice", &ranksTheSameTwice},
            {"does not mind the order of the candidates", &ignoresCandidatesOrder},
            {"uses no clock, no secret and no network", &ranksPurely},
            {"reads what a newer host makes longer", &readsLongerCandidates},
            {kStaysWithin, &ranksWithin},
            {"takes nobody, and 10,000", &takesNobodyAndTenThousand}};
}

} // namespace rota::ctl::conform
