// A thread that cannot even ask has none.
#include "system/capabilities.hpp"

#include <array>

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace nanotune {

namespace {

constexpr unsigned bit_of(Capability capability) {
    switch (capability) {
        case Capability::net_admin:
            return CAP_NET_ADMIN;
        case Capability::sys_admin:
            return CAP_SYS_ADMIN;
        case Capability::sys_nice:
            return CAP_SYS_NICE;
        case Capability::sys_resource:
            return CAP_SYS_RESOURCE;
        case Capability::dac_override:
            return CAP_DAC_OVERRIDE;
    }
    return 0;
}

}  // namespace

Capabilities::Capabilities(const std::shared_ptr<ControlSocket>& control) {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
    if (syscall(SYS_capget, &header, data.data()) == 0) {
        effective_ = data[0].effective | (std::uint64_t{data[1].effective} << 32);
    }
    if (has(Capability::net_admin) && !control->is_network_ours()) {
        effective_ &= ~(std::uint64_t{1} << bit_of(Capability::net_admin));
    }
}

bool Capabilities::has(Capability capability) const noexcept {
    return (effective_ >> bit_of(capability) & 1) != 0;
}

}  // namespace nanotune
