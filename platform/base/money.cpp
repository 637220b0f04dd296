#include "base/money.hpp"

#include <fmt/format.h>

namespace rota::base {

std::string formatMoney(int cents) {
    return cents % 100 == 0 ? fmt::format("${}", cents / 100) : fmt::format("${}.{:02}", cents / 100, cents % 100);
}

} // namespace rota::base
