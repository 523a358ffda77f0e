// The real kernel: sysfs and procfs, netlink, the scheduler's calls.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <nanotune/system.hpp>

namespace nanotune {

/// A System on the running kernel, in the network namespace that the calling thread is in. Sockets
/// open at first use. `session_address` is the operator's remote session's local address, "" for
/// none; it has no workers.
[[nodiscard]] std::unique_ptr<System> kernel_system(std::string session_address);
/// The same for operators who come and go: it is asked each time, on whatever thread works with the
/// System.
[[nodiscard]] std::unique_ptr<System> kernel_system(std::function<std::string()> session_address,
                                                    std::unique_ptr<Workers> workers = nullptr);

}  // namespace nanotune
