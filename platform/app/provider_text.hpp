#pragma once

#include <string>

namespace rota::app {

/// What the database can always keep of a provider's text, which may hold any bytes: printable ASCII, of bounded
/// length. What cannot be stored would leave a sent message in doubt, or have a callback repeated for days.
std::string providerText(std::string text);

} // namespace rota::app
