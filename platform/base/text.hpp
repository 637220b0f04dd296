#pragma once

#include <string>
#include <string_view>

namespace rota::base {

/// Without the spaces and tabs around it.
std::string_view trimmed(std::string_view text);

/// ASCII's letters in lower case; all else as it is.
std::string lower(std::string_view text);

/// Spaces in the place of control characters, so that a name with a line break in it cannot begin a line of its own.
std::string onOneLine(std::string text);

} // namespace rota::base
