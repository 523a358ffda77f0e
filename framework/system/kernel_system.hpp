// The real kernel: sysfs and procfs, netlink, the scheduler's calls.
#pragma once

#include <memory>

#include <nanotune/system.hpp>

namespace nanotune {

/// A System on the running kernel, in the network namespace that the calling thread is in. Sockets
/// open at first use. `session_address` is the operator's remote session's local address, "" for
/// none.
[[nodiscard]] std::unique_ptr<System> kernel_system(std::string session_address);

}  // namespace nanotune
