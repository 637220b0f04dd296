#pragma once

#include "app/templates.hpp"

namespace rota::app {

/// How a message of that kind looks, with a made-up visit at the next day's 9:00: for who writes templates. Throws
/// std::runtime_error where it cannot be written.
Message previewMessage(const Templates& templates, const Clinic& clinic, domain::JobKind kind,
                       domain::Language language, base::Instant now);

} // namespace rota::app
