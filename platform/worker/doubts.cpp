#include "worker/doubts.hpp"

#include "base/limits.hpp"

namespace rota::worker {
namespace {

constexpr base::Milliseconds kPeriod = std::chrono::seconds{5};

} // namespace

Doubts::Doubts(const app::ResolveDoubts& resolve) : resolve_(resolve), loop_("doubts", [this] { return turn(); }) {}

base::Milliseconds Doubts::turn() {
    while (!loop_.stopping() && resolve_() == base::limits::kDoubtBatch) {
    }
    return kPeriod;
}

} // namespace rota::worker
