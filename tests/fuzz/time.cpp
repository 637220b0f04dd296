/// Dates, times of day, and instants.
#include "base/zone.hpp"
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace rota;
    using testing::require;
    static const base::Zone zone{"America/New_York"};
    const auto text = testing::textOf(data, size);

    if (const auto date = base::parseDate(text)) require(date->ok() && base::formatDate(*date) == text);
    if (const auto time = base::parseTimeOfDay(text)) require(base::formatTimeOfDay(*time) == text);
    const auto instant = base::parseTimestamp(text, zone);
    if (!instant) return 0;
    require(base::toUnixMs(*instant) % 60'000 == 0);
    // Its local time is the same moment, but in the hour that exists twice; and so is what answers write, unless the
    // offset carries it out of the years that are taken.
    const auto local = zone.toLocal(*instant);
    const auto again = zone.toUtc(local);
    require(again && (*again == *instant || *instant - *again == std::chrono::hours{1}));
    const auto written = base::parseTimestamp(zone.iso(*instant), zone);
    const int year{local.date.year()};
    require(written ? *written == *instant : year < 1970 || year > 2199);
    return 0;
}
