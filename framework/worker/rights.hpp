// What a worker may no longer do once everything is open.
#pragma once

#include <nanotune/error.hpp>

namespace nanotune::worker {

/// Gives up root, every capability and every way to get one back, for good. Without root nothing
/// but the ways back are given up. Errors: as the system's.
[[nodiscard]] Status drop_rights();

}  // namespace nanotune::worker
