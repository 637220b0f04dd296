#pragma once

#include "base/time.hpp"

#include <functional>

namespace rota::app {

/// Lets the caller's thread rest. Tests let their clock run instead.
using Pause = std::function<void(base::Milliseconds)>;
Pause sleeping();

} // namespace rota::app
