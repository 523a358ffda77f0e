// Where every test's host begins.
#pragma once

#include <string>

#include "support/fake_host.hpp"

namespace nanotune::test {

/// What most tests of the engine change.
inline const std::string swappiness = "/proc/sys/vm/swappiness";

}  // namespace nanotune::test

namespace nanotune::test::given {

/// Four CPUs on one node, no NIC, no sysctl; the kernel's side effects are in place.
[[nodiscard]] FakeHost host();

/// The same with three sysctls: vm.swappiness 60, vm.dirty_ratio 20 and vm.stat_interval 1.
[[nodiscard]] FakeHost plain_host();

/// Has everything that a declared setting can be about.
[[nodiscard]] FakeHost full_host();

}  // namespace nanotune::test::given
