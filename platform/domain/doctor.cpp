#include "domain/doctor.hpp"

#include <string_view>

namespace rota::domain {

std::string nameWithoutTitle(const std::string& name) {
    constexpr std::string_view kTitle = "Dr. ";
    return name.starts_with(kTitle) ? name.substr(kTitle.size()) : name;
}

} // namespace rota::domain
