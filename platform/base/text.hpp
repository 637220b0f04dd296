#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rota::base {

inline bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// One of ASCII's.
inline bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

inline bool isAlphanumeric(char c) {
    return isLetter(c) || isDigit(c);
}

/// Without the spaces and tabs around it.
std::string_view trimmed(std::string_view text);

/// ASCII's letters in lower case; all else as it is.
std::string lower(std::string_view text);

/// Spaces in the place of control characters, so that a name with a line break in it cannot begin a line of its own.
std::string onOneLine(std::string text);

/// "one, two, three".
std::string joined(const std::vector<std::string>& words);

/// The known word that takes the fewest single-letter edits to become `word`; empty where none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

} // namespace rota::base
