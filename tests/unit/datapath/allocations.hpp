// How often this program has taken memory.
#pragma once

#include <cstddef>

namespace nanotune::test {

[[nodiscard]] std::size_t allocations() noexcept;

}  // namespace nanotune::test
