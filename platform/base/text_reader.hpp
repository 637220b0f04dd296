#pragma once

#include <optional>
#include <string_view>

namespace rota::base {

/// Takes a text apart from left to right. What does not match is not consumed.
class TextReader {
public:
    explicit TextReader(std::string_view text) : rest_(text) {}

    bool atEnd() const { return rest_.empty(); }

    bool take(char wanted) {
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// Exactly `digits` decimal digits; no sign, no space. `digits` is at most 9, so an int holds it.
    std::optional<int> number(std::size_t digits) {
        if (rest_.size() < digits) return std::nullopt;
        int value = 0;
        for (const char c : rest_.substr(0, digits)) {
            if (c < '0' || c > '9') return std::nullopt;
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(digits);
        return value;
    }

private:
    std::string_view rest_;
};

} // namespace rota::base
