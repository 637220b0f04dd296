#pragma once

#include <string>

namespace rota::ctl {

/// Throws Stop where it cannot be read.
std::string readTextFile(const std::string& path);

/// What an option gives as JSON itself, which begins with a brace, or as the name of a file that has it.
std::string jsonOrFile(const std::string& value);

} // namespace rota::ctl
