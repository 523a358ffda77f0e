// Whoever starts or ends workers does so alone: an apply, and the commands of an operator beside
// it.
#pragma once

#include <string>

#include "system/storage/storage.hpp"

namespace nanotune::worker {

/// The turn of this thread among all that start or end workers below the folder, until it is
/// closed; closed where the folder above it is not there, or nobody can write it, and so nobody
/// starts any. Waits for the others, who wait their turn, too. Errors: busy, after ten seconds; io.
[[nodiscard]] Result<Descriptor> take_turn(const std::string& folder);

/// Whether somebody has the turn now; false where nobody can say.
[[nodiscard]] bool is_turn_taken(const std::string& folder);

}  // namespace nanotune::worker
