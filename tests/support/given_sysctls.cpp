// Sysctls by name, or all that a full host has.
#include <algorithm>

#include "support/fake_host.hpp"
#include "support/kernel_habits.hpp"
#include "support/sysctl_defaults.hpp"

namespace nanotune::test {

FakeHost& FakeHost::with_sysctl(std::string_view name, std::string text) {
    std::string path(name);
    if (!path.contains('/')) {
        std::ranges::replace(path, '.', '/');
    }
    return with("/proc/sys/" + path, std::move(text));
}

FakeHost& FakeHost::with_sysctls() {
    for (const auto table : {kernel_sysctls(), network_sysctls(), ip_sysctls(), memory_sysctls()}) {
        for (const SysctlDefault& each : table) {
            with_sysctl(each.name, each.text);
        }
    }
    for (const char* mask : {"net.core.flow_limit_cpu_bitmap", "net.core.rps_default_mask"}) {
        with_sysctl(mask, padded_mask(cells, CpuSet()));
    }
    return *this;
}

}  // namespace nanotune::test
