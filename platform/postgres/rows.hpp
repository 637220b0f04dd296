#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rota::postgres {

/// What a statement answered. Every access is checked: a row or column that is not there, a NULL or a text where a
/// number is read throws std::logic_error, for it is our statement that is wrong.
class Rows {
public:
    /// `result` is a PGresult, freed with this.
    explicit Rows(std::shared_ptr<const void> result) : result_(std::move(result)) {}

    int size() const;
    bool empty() const { return size() == 0; }
    int columns() const;
    /// How many rows an INSERT, UPDATE or DELETE touched.
    std::size_t affected() const;

    bool isNull(int row, int column) const;
    std::string_view text(int row, int column) const; ///< lives as long as this
    std::string string(int row, int column) const { return std::string(text(row, column)); }
    std::string stringOrEmpty(int row, int column) const;
    std::int64_t integer(int row, int column) const;
    bool boolean(int row, int column) const;
    base::Instant instant(int row, int column) const;
    base::Date date(int row, int column) const;
    template <class Id>
    Id id(int row, int column) const {
        return Id{integer(row, column)};
    }
    /// An array of values without commas, quotes or NULLs: numbers and words of ours.
    std::vector<std::string_view> array(int row, int column) const;

private:
    std::shared_ptr<const void> result_;
};

/// The reverse of toText(); throw std::logic_error.
base::Instant parseInstant(std::string_view text);
base::Date parseDate(std::string_view text);
/// "HH:MM:SS", to 24:00:00.
base::Minutes parseTimeOfDay(std::string_view text);
std::int64_t parseInteger(std::string_view text);

} // namespace rota::postgres
