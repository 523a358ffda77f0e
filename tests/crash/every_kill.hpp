// A verb killed at every place that there is, and both ways out of each.
#pragma once

#include "scenario.hpp"

namespace nanotune::test {

/// Kills the verb before each of its writes and after each of its records. After each kill `status`
/// and `verify` must tell of it, `rollback` must restore what was before the verb, and the verb
/// itself, run again, must reach what it reaches undisturbed. Fails with less than `least_writes`.
void check_every_kill(const Scenario& scenario, unsigned least_writes);

/// Kills the verb before each write, and the rollback that follows before each of its own.
void check_every_second_kill(const Scenario& scenario);

[[nodiscard]] std::function<Report(EngineOn&)> applying(const std::string& profile);

/// Steering and affinity that nobody asked for, and that a change of channels resets.
[[nodiscard]] FakeHost host_with_steering();
[[nodiscard]] FakeHost host_with_sysctls();

}  // namespace nanotune::test
