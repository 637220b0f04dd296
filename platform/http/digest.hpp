#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace rota::http {

/// SHA-256 of the parts, each with its length, in hexadecimal: ("ab", "c") and ("a", "bc") differ.
std::string digest(std::initializer_list<std::string_view> parts);

} // namespace rota::http
