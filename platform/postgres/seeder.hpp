#pragma once

#include "postgres/pool.hpp"

namespace rota::postgres {

/// Puts in the sample clinic: ten doctors with their hours, five patients. What is there already stays as it is, so
/// that it may run again, also from two servers at once. Throws StorageError.
void seed(Pool& pool);

/// The same, only where there is no doctor yet. Returns whether it did.
bool seedIfEmpty(Pool& pool);

} // namespace rota::postgres
