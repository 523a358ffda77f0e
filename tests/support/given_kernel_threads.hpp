// The kernel's own threads, and control groups with cpusets.
#pragma once

#include "support/fake_host.hpp"

namespace nanotune::test::given {

struct KernelThreadOptions {
    unsigned pid = 0;
    std::string cpus = {};  ///< that it may run on; empty: those that are online
    bool is_bound = false;  ///< and nobody changes that
};

/// The host with one more thread of the kernel's. It started at 10.
[[nodiscard]] FakeHost with_kernel_thread(FakeHost host, const std::string& name,
                                          const KernelThreadOptions& options);

/// The host with a control group of version 2 below the root group: "feed.slice".
[[nodiscard]] FakeHost with_cgroup(FakeHost host, const std::string& path);

}  // namespace nanotune::test::given
