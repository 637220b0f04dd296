#include "base/utf8.hpp"

namespace rota::base {
namespace {

struct Lead {
    int continuations;
    char32_t bits;
    char32_t smallest; ///< below it the form is overlong
};

std::optional<Lead> leadOf(unsigned char byte) {
    if (byte < 0x80) return Lead{0, byte, 0};
    if ((byte & 0xE0) == 0xC0) return Lead{1, byte & 0x1Fu, 0x80};
    if ((byte & 0xF0) == 0xE0) return Lead{2, byte & 0x0Fu, 0x800};
    if ((byte & 0xF8) == 0xF0) return Lead{3, byte & 0x07u, 0x10000};
    return std::nullopt;
}

bool isCharacter(char32_t c) {
    return c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
}

char byteOf(char32_t bits) {
    return static_cast<char>(static_cast<unsigned char>(bits));
}

} // namespace

std::optional<std::u32string> fromUtf8(std::string_view text) {
    std::u32string characters;
    characters.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = leadOf(static_cast<unsigned char>(text[i++]));
        if (!lead) return std::nullopt;
        char32_t c = lead->bits;
        for (int n = 0; n < lead->continuations; ++n) {
            if (i == text.size()) return std::nullopt;
            const auto byte = static_cast<unsigned char>(text[i++]);
            if ((byte & 0xC0) != 0x80) return std::nullopt;
            c = c << 6 | (byte & 0x3Fu);
        }
        if (c < lead->smallest || !isCharacter(c)) return std::nullopt;
        characters.push_back(c);
    }
    return characters;
}

std::string toUtf8(std::u32string_view text) {
    std::string bytes;
    bytes.reserve(text.size());
    for (const char32_t c : text) {
        if (c < 0x80) {
            bytes += byteOf(c);
        } else if (c < 0x800) {
            bytes += {byteOf(0xC0 | c >> 6), byteOf(0x80 | (c & 0x3F))};
        } else if (c < 0x10000) {
            bytes += {byteOf(0xE0 | c >> 12), byteOf(0x80 | (c >> 6 & 0x3F)), byteOf(0x80 | (c & 0x3F))};
        } else {
            bytes += {byteOf(0xF0 | c >> 18), byteOf(0x80 | (c >> 12 & 0x3F)), byteOf(0x80 | (c >> 6 & 0x3F)),
                      byteOf(0x80 | (c & 0x3F))};
        }
    }
    return bytes;
}

bool isControl(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

} // namespace rota::base
