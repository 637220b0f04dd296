#include "base/text_reader.hpp"
#include "base/zone.hpp"

namespace rota::base {
namespace {

constexpr Minutes kLargestOffset = std::chrono::hours{14};

std::optional<int> numberUpTo(TextReader& reader, int largest) {
    const auto value = reader.number(2);
    return value && *value <= largest ? value : std::nullopt;
}

/// HH:MM, from 00:00 to 23:59.
std::optional<Minutes> takeClock(TextReader& reader) {
    const auto hour = numberUpTo(reader, 23);
    if (!hour || !reader.take(':')) return std::nullopt;
    const auto minute = numberUpTo(reader, 59);
    return minute ? std::optional{std::chrono::hours{*hour} + Minutes{*minute}} : std::nullopt;
}

/// The optional seconds with their optional fraction: whether all of it is zero. None where malformed.
std::optional<bool> takeZeroSeconds(TextReader& reader) {
    if (!reader.take(':')) return true;
    const auto second = numberUpTo(reader, 59);
    if (!second) return std::nullopt;
    bool zero = *second == 0;
    if (!reader.take('.')) return zero;

    auto digit = reader.number(1);
    if (!digit) return std::nullopt;
    for (; digit; digit = reader.number(1))
        zero = zero && *digit == 0;
    return zero;
}

struct Offset {
    std::optional<Minutes> fromUtc; ///< none: the clinic's local time
};

std::optional<Offset> takeOffset(TextReader& reader) {
    if (reader.atEnd()) return Offset{};
    if (reader.take('Z')) return Offset{Minutes{0}};
    const bool west = reader.take('-');
    if (!west && !reader.take('+')) return std::nullopt;
    const auto distance = takeClock(reader);
    if (!distance || *distance > kLargestOffset) return std::nullopt;
    return Offset{west ? -*distance : *distance};
}

} // namespace

tl::expected<Instant, TimestampError> parseTimestamp(std::string_view text, const Zone& zone) {
    constexpr std::size_t kDateLength = 10;
    const auto date = parseVisitDate(text.substr(0, kDateLength));
    if (!date) return tl::unexpected(TimestampError::Malformed);

    TextReader reader{text.substr(kDateLength)};
    if (!reader.take('T')) return tl::unexpected(TimestampError::Malformed);
    const auto clock = takeClock(reader);
    if (!clock) return tl::unexpected(TimestampError::Malformed);
    const auto wholeMinute = takeZeroSeconds(reader);
    if (!wholeMinute) return tl::unexpected(TimestampError::Malformed);
    const auto offset = takeOffset(reader);
    if (!offset || !reader.atEnd()) return tl::unexpected(TimestampError::Malformed);
    if (!*wholeMinute) return tl::unexpected(TimestampError::NotWholeMinute);

    if (offset->fromUtc) return Instant{std::chrono::sys_days{*date} + *clock - *offset->fromUtc};
    return zone.toUtc({*date, *clock}).map_error([](NonexistentLocalTime) { return TimestampError::Nonexistent; });
}

} // namespace rota::base
