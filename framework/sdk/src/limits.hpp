// How banks word a value that a target says it does not take.
#pragma once

#include <cstdint>

#include <nanotune/domain.hpp>

namespace nanotune {

/// "64 is above its maximum of 8", as unsupported.
[[nodiscard]] std::unexpected<Error> above(const Domain& domain, const Value& wanted,
                                           std::uint64_t most);
/// "60 is below its minimum of 68", as unsupported.
[[nodiscard]] std::unexpected<Error> below(const Domain& domain, const Value& wanted,
                                           std::uint64_t least);

}  // namespace nanotune
