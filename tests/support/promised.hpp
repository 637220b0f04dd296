#pragma once

namespace rota::testing {

/// A promised time, or what it may take while sanitizers watch every access on two busy processors. That promises to
/// users are kept is looked at in the optimized build (tests/full/promises).
template <class Duration>
constexpr Duration promised(Duration time) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return 4 * time;
#else
    return time;
#endif
}

} // namespace rota::testing
