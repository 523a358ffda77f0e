// What only a write would find wrong with a value, where the host says as much before.
#pragma once

#include <span>
#include <vector>

#include <nanotune/bank.hpp>
#include <nanotune/system.hpp>

namespace nanotune::sysctl {

/// One status for each, in order. Errors: unsupported, saying what the kernel takes; invalid for
/// what no kernel takes. What the host does not say is let through.
[[nodiscard]] std::vector<Status> may_hold(Files& files, std::span<const Assignment> assignments);

}  // namespace nanotune::sysctl
