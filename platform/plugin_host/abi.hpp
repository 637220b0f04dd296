#pragma once

#include <rota/plugin.h>

#include <cstring>
#include <string>
#include <string_view>

/// Between the types of plugin.h and ours.
namespace rota::plugin_host {

inline rota_str borrowed(std::string_view text) {
    return {text.data(), text.size()};
}

inline std::string_view view(rota_str text) {
    return text.len == 0 || text.ptr == nullptr ? std::string_view{} : std::string_view{text.ptr, text.len};
}

/// A text that a plugin wrote into our array; it may have forgotten the zero.
template <std::size_t N>
std::string text(const char (&array)[N]) {
    return {array, ::strnlen(array, N)};
}

/// What we fill ourselves, cut where it is too long.
template <std::size_t N>
void copyText(char (&array)[N], std::string_view value) {
    const auto length = value.copy(array, N - 1);
    array[length] = '\0';
}

/// `status`, with the reason beside it.
inline rota_status refuse(rota_error& error, rota_status status, std::string_view message) {
    copyText(error.message, message);
    return status;
}

/// A zeroed struct of the contract that knows its size.
template <class T>
T sized() {
    T value{};
    value.struct_size = sizeof(T);
    return value;
}

inline std::string_view nameOf(rota_status status) {
    switch (status) {
    case ROTA_OK: return "OK";
    case ROTA_RETRY: return "RETRY";
    case ROTA_RATE_LIMITED: return "RATE_LIMITED";
    case ROTA_UNAVAILABLE: return "UNAVAILABLE";
    case ROTA_UNKNOWN_OUTCOME: return "UNKNOWN_OUTCOME";
    case ROTA_INTERNAL: return "INTERNAL";
    case ROTA_PERMANENT: return "PERMANENT";
    case ROTA_BAD_RECIPIENT: return "BAD_RECIPIENT";
    case ROTA_REJECTED: return "REJECTED";
    case ROTA_SUPPRESSED: return "SUPPRESSED";
    case ROTA_AUTH: return "AUTH";
    case ROTA_CONFIG: return "CONFIG";
    case ROTA_UNSUPPORTED: return "UNSUPPORTED";
    case ROTA_BUFFER_TOO_SMALL: return "BUFFER_TOO_SMALL";
    case ROTA_CANCELLED: return "CANCELLED";
    default: return "an unknown status";
    }
}

} // namespace rota::plugin_host
