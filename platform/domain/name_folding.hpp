#pragma once

#include <string>

namespace rota::domain {

/// A character without case and accent: none for a combining accent, two for such as "ß", itself where it has neither.
/// Knows the Latin letters of Europe and Vietnam, Greek and Cyrillic; others stay as they are.
std::u32string foldedLetter(char32_t c);

} // namespace rota::domain
