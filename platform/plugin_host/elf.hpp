#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rota::plugin_host {

struct ElfFault {
    std::string cause;
    std::string remedy;
};

/// What speaks against mapping these bytes as a shared library of this machine: another format, class, byte order,
/// type or machine, or an end before what the headers promise.
std::optional<ElfFault> elfFault(std::string_view bytes);

/// The symbols that a library, in which elfFault finds nothing, gives to others.
std::vector<std::string> exportedSymbols(std::string_view bytes);

} // namespace rota::plugin_host
