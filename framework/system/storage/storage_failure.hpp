// Our own files answer to an operator, not to a kernel object: whatever is neither absent nor
// forbidden is plain trouble with the disk.
#pragma once

#include <string_view>

#include <nanotune/error.hpp>

namespace nanotune {

/// As kernel_failure, with the codes of storage: not_found, denied, else io.
[[nodiscard]] std::unexpected<Error> storage_failure(std::string_view operation, int kernel_errno);

}  // namespace nanotune
