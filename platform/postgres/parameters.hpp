#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/zone.hpp"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rota::postgres {

/// PostgreSQL's text of it, exact to the millisecond.
std::string toText(base::Instant instant);

/// One value for $n, as text; none is NULL. A text with a NUL in it throws std::invalid_argument.
class Parameter {
public:
    Parameter(std::nullopt_t) {}
    Parameter(std::string text) : text_(whole(std::move(text))) {}
    Parameter(std::string_view text) : text_(whole(std::string(text))) {}
    Parameter(const char* text) : text_(text) {}
    Parameter(bool value) : text_(value ? "t" : "f") {}
    template <std::integral Integer>
    requires(!std::same_as<Integer, bool>) Parameter(Integer value) : text_(std::to_string(value)) {}
    template <class Tag>
    Parameter(base::Id<Tag> id) : text_(std::to_string(id.value)) {}
    Parameter(base::Instant instant) : text_(toText(instant)) {}
    Parameter(base::Date date) : text_(base::formatDate(date)) {}
    Parameter(base::Minutes minutes) : text_(std::to_string(minutes.count())) {}

    /// Null where the value is NULL.
    const char* text() const { return text_ ? text_->c_str() : nullptr; }

private:
    static std::string whole(std::string text);

    std::optional<std::string> text_;
};

inline Parameter orNull(const std::string& text) {
    return text.empty() ? Parameter(std::nullopt) : Parameter(text);
}

template <class Value>
Parameter orNull(const std::optional<Value>& value) {
    return value ? Parameter(*value) : Parameter(std::nullopt);
}

/// The values of $1, $2, …
using Parameters = std::vector<Parameter>;

/// An array for `unnest` or `= ANY`, built value by value.
class ArrayParameter {
public:
    void add(const Parameter& value);
    operator Parameter() const { return Parameter(text_ + "}"); }

private:
    std::string text_ = "{";
};

template <class Range, class Projection>
ArrayParameter arrayOf(const Range& range, Projection projection) {
    ArrayParameter array;
    for (const auto& item : range)
        array.add(projection(item));
    return array;
}

} // namespace rota::postgres
