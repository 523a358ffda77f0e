// The signals that a keeper waits for beside everything else.
#pragma once

#include <nanotune/error.hpp>

#include "system/storage/storage.hpp"

namespace nanotune::worker {

/// A signalfd(2) of those that end a process or tell of a child's end, which do neither in this
/// thread from now on; a hang-up and a broken pipe are ignored. Errors: as the system's.
[[nodiscard]] Result<Descriptor> signals_heard();

}  // namespace nanotune::worker
