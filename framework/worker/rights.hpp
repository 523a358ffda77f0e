// What a worker may no longer do once everything is open.
#pragma once

#include <nanotune/error.hpp>

namespace nanotune::worker {

/// Gives up root, every capability and every way to get one back, for good. Without root nothing
/// but the ways back are given up. Errors: as the system's.
[[nodiscard]] Status drop_rights();

/// The process that this one asked the kernel to be ended with; 0 for none.
[[nodiscard]] int keeper();
/// Asks for that once more: giving up root takes it back. Errors: refused where the keeper has
/// ended meanwhile.
[[nodiscard]] Status end_with(int keeper);

}  // namespace nanotune::worker
