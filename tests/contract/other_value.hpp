// Values of a domain other than the one that a setting holds, for tests that know nothing of the
// setting.
#pragma once

#include <vector>

#include <nanotune/tunable.hpp>
#include <nanotune/value.hpp>

namespace nanotune::test {

/// Most harmless first. A host may refuse some: a domain does not know a driver's limits.
[[nodiscard]] std::vector<Value> other_values(const Domain& domain, const Value& held);

}  // namespace nanotune::test
