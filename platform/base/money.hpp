#pragma once

#include <string>

namespace rota::base {

/// "$50", or "$12.50".
std::string formatMoney(int cents);

} // namespace rota::base
