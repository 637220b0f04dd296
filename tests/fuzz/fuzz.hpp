#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rota::testing {

/// What holds whatever the input is. Anything else ends the program, and libFuzzer keeps the input.
inline void require(bool holds) {
    if (!holds) __builtin_trap();
}

inline std::string_view textOf(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

} // namespace rota::testing
