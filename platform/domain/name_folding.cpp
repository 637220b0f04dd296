#include "domain/name_folding.hpp"

#include <string_view>

namespace rota::domain {
namespace {

/// The letter that a Latin one is without case and accent. A dot stands for itself; a digit for one of kPairs.
constexpr char32_t kLatinFirst = 0x00C0;
constexpr std::string_view kLatin = "aaaaaa1ceeeeiiii"  // U+00C0
                                    "dnooooo.ouuuuy32"  // U+00D0
                                    "aaaaaa1ceeeeiiii"  // U+00E0
                                    "dnooooo.ouuuuy3y"  // U+00F0
                                    "aaaaaaccccccccdd"  // U+0100
                                    "ddeeeeeeeeeegggg"  // U+0110
                                    "gggghhhhiiiiiiii"  // U+0120
                                    "ii55jjkkklllllll"  // U+0130
                                    "lllnnnnnnnnnoooo"  // U+0140
                                    "oo44rrrrrrssssss"  // U+0150
                                    "ssttttttuuuuuuuu"  // U+0160
                                    "uuuuwwyyyzzzzzzs"  // U+0170
                                    "................"  // U+0180
                                    "................"  // U+0190
                                    "oo.............u"  // U+01A0
                                    "u..............."  // U+01B0
                                    ".............aai"  // U+01C0
                                    "ioouuuuuuuuuu.aa"  // U+01D0
                                    "aa11ggggkkoooo.."  // U+01E0
                                    "j...gg..nnaa11oo"  // U+01F0
                                    "aaaaeeeeiiiioooo"  // U+0200
                                    "rrrruuuusstt..hh"  // U+0210
                                    "......aaeeoooooo"  // U+0220
                                    "ooyy............"; // U+0230

constexpr char32_t kLatinAdditionalFirst = 0x1E00;
constexpr std::string_view kLatinAdditional = "aabbbbbbccdddddd"  // U+1E00
                                              "ddddeeeeeeeeeeff"  // U+1E10
                                              "gghhhhhhhhhhiiii"  // U+1E20
                                              "kkkkkkllllllllmm"  // U+1E30
                                              "mmmmnnnnnnnnoooo"  // U+1E40
                                              "oooopppprrrrrrrr"  // U+1E50
                                              "sssssssssstttttt"  // U+1E60
                                              "ttuuuuuuuuuuvvvv"  // U+1E70
                                              "wwwwwwwwwwxxxxyy"  // U+1E80
                                              "zzzzzzhtwy.sss2."  // U+1E90
                                              "aaaaaaaaaaaaaaaa"  // U+1EA0
                                              "aaaaaaaaeeeeeeee"  // U+1EB0
                                              "eeeeeeeeiiiioooo"  // U+1EC0
                                              "oooooooooooooooo"  // U+1ED0
                                              "oooouuuuuuuuuuuu"  // U+1EE0
                                              "uuyyyyyyyy......"; // U+1EF0

constexpr std::string_view kPairs[] = {"ae", "ss", "th", "oe", "ij"};

static_assert(kLatin.size() == 0x0240 - 0x00C0 && kLatinAdditional.size() == 0x1F00 - 0x1E00);

char32_t foldedGreek(char32_t c) {
    switch (c) {
    case U'Ά':
    case U'ά': return U'α';
    case U'Έ':
    case U'έ': return U'ε';
    case U'Ή':
    case U'ή': return U'η';
    case U'Ί':
    case U'ί':
    case U'ϊ':
    case U'Ϊ':
    case U'ΐ': return U'ι';
    case U'Ό':
    case U'ό': return U'ο';
    case U'Ύ':
    case U'ύ':
    case U'ϋ':
    case U'Ϋ':
    case U'ΰ': return U'υ';
    case U'Ώ':
    case U'ώ': return U'ω';
    case U'ς': return U'σ';
    default: return c >= U'Α' && c <= U'Ω' && c != 0x03A2 ? c + (U'α' - U'Α') : c; // U+03A2 is no letter
    }
}

/// The accented letters fold too, since the same name may come with its accents as characters of their own.
char32_t foldedCyrillic(char32_t c) {
    if (c >= U'А' && c <= U'Я') c += U'а' - U'А';
    if (c >= U'Ѐ' && c <= U'Џ') c += U'ѐ' - U'Ѐ';
    switch (c) {
    case U'й':
    case U'ѝ': return U'и';
    case U'ё':
    case U'ѐ': return U'е';
    case U'ї': return U'і';
    case U'ў': return U'у';
    case U'ѓ': return U'г';
    case U'ќ': return U'к';
    default: return c;
    }
}

std::u32string unfolded(char32_t c) {
    return std::u32string(1, c);
}

std::u32string foldedByTable(char32_t c, char32_t first, std::string_view table) {
    const char letter = table[c - first];
    if (letter == '.') return unfolded(c);
    if (letter >= 'a') return unfolded(static_cast<char32_t>(letter));
    const auto pair = kPairs[static_cast<std::size_t>(letter - '1')];
    return {pair.begin(), pair.end()};
}

} // namespace

std::u32string foldedLetter(char32_t c) {
    if (c >= U'A' && c <= U'Z') return unfolded(c + (U'a' - U'A'));
    if (c < kLatinFirst) return unfolded(c);
    if (c < kLatinFirst + kLatin.size()) return foldedByTable(c, kLatinFirst, kLatin);
    if (c >= 0x0300 && c <= 0x036F) return {}; // accents that are characters of their own
    if (c >= 0x0370 && c <= 0x03FF) return unfolded(foldedGreek(c));
    if (c >= 0x0400 && c <= 0x045F) return unfolded(foldedCyrillic(c));
    if (c >= kLatinAdditionalFirst && c < kLatinAdditionalFirst + kLatinAdditional.size())
        return foldedByTable(c, kLatinAdditionalFirst, kLatinAdditional);
    return unfolded(c);
}

} // namespace rota::domain
