#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rota::plugin_host {

struct ElfFault {
    std::string cause;
    std::string remedy;
};

/// What speaks against mapping these bytes as a shared library of this machine: another format, class, byte order,
/// type or machine, or an end before what the headers promise.
std::optional<ElfFault> elfFault(std::string_view bytes);

} // namespace rota::plugin_host
