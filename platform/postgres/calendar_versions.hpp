#pragma once

#include "postgres/pool.hpp"

namespace rota::postgres {

/// Raises every doctor's calendar_version: what was decided about any calendar before is decided anew. Harmless when
/// done twice. Throws StorageError.
void raiseCalendarVersions(Pool& pool);

} // namespace rota::postgres
