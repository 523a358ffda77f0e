// Files that are in memory alone, and that no folder has.
#pragma once

#include "system/storage/storage.hpp"

namespace nanotune {

/// An empty one, which nobody can run and seals may close (fcntl(2), F_ADD_SEALS). `name` is what
/// /proc shows. Errors: io, denied; `what` is its purpose, for the words alone.
[[nodiscard]] Result<Descriptor> memory_file(const char* name, std::string_view what);

}  // namespace nanotune
