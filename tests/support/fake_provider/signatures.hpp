#pragma once

#include <rota/web.hpp>

#include <string>

namespace rota::testing {

/// As Twilio signs a callback to `url`: over it and the form's fields, sorted.
std::string twilioSignature(const std::string& token, const std::string& url, const web::Form& form);

} // namespace rota::testing
