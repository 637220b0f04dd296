#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rota::base {

/// None where `text` is not well-formed UTF-8 (overlong forms, surrogates and what lies beyond U+10FFFF are not).
std::optional<std::u32string> fromUtf8(std::string_view text);

std::string toUtf8(std::u32string_view text);

/// Whether `c` steers instead of being shown: C0, DEL, C1, and Unicode's separators of lines and paragraphs. In a name
/// it would break a mail's head or a log's line.
bool isControl(char32_t c);

} // namespace rota::base
