#include "mtu.hpp"

#include "xdp.hpp"

namespace nanotune::nic {
namespace {

constexpr std::uint32_t least_of_ipv6 = 1280;  // RFC 8200; IPV6_MIN_MTU of linux/ipv6.h

/// The kernel takes IPv6 off a device below its least MTU: addresses, routes and sysctls.
Status keeps_ipv6(System& system, const Link& link, std::uint32_t mtu) {
    if (mtu >= least_of_ipv6 ||
        !system.files().read("/proc/sys/net/ipv6/conf/" + link.name + "/mtu")) {
        return {};
    }
    return failure(ErrorCode::unsupported,
                   "below " + std::to_string(least_of_ipv6) + " the kernel takes IPv6 off " +
                       link.name + ", with its addresses and routes, which could not be put back");
}

}  // namespace

Status takes_mtu(System& system, const Link& link, std::uint32_t mtu) {
    NT_CHECK(keeps_ipv6(system, link, mtu));
    return fits_native_xdp(system, link, mtu);
}

}  // namespace nanotune::nic
