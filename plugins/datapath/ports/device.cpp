#include "device.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "system/storage/storage.hpp"

namespace nanotune::datapath {

Result<Device> device_of(const std::string& name) {
    Device device{.index = ::if_nametoindex(name.c_str())};
    const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    if (device.index == 0 || !socket.is_open() || name.size() >= sizeof request.ifr_name) {
        return kernel_failure("look for " + name, errno);
    }
    std::ranges::copy(name, request.ifr_name);
    if (::ioctl(socket.number(), SIOCGIFHWADDR, &request) != 0) {
        return kernel_failure(name + ": link address", errno);
    }
    if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) {
        return failure(ErrorCode::unsupported,
                       name + ": it is not Ethernet; the backend udp works on it");
    }
    std::memcpy(device.link.data(), request.ifr_hwaddr.sa_data, device.link.size());
    if (::ioctl(socket.number(), SIOCGIFMTU, &request) != 0) {
        return kernel_failure(name + ": MTU", errno);
    }
    device.mtu = static_cast<unsigned>(request.ifr_mtu);
    ethtool_drvinfo driver{};
    driver.cmd = ETHTOOL_GDRVINFO;
    request.ifr_data = reinterpret_cast<char*>(&driver);
    if (::ioctl(socket.number(), SIOCETHTOOL, &request) == 0) {
        device.driver = driver.driver;
    }
    return device;
}

Result<std::array<std::uint8_t, 16>> own_address(const std::string& device, bool is_ipv6) {
    ifaddrs* all = nullptr;
    if (::getifaddrs(&all) != 0) {
        return kernel_failure(device + ": ask for its addresses", errno);
    }
    std::array<std::uint8_t, 16> found{};
    bool is_found = false;
    for (const ifaddrs* each = all; each != nullptr && !is_found; each = each->ifa_next) {
        if (each->ifa_addr == nullptr || device != each->ifa_name) {
            continue;
        }
        if (!is_ipv6 && each->ifa_addr->sa_family == AF_INET) {
            sockaddr_in address{};
            std::memcpy(&address, each->ifa_addr, sizeof address);
            std::memcpy(found.data(), &address.sin_addr, sizeof address.sin_addr);
            is_found = true;
        } else if (is_ipv6 && each->ifa_addr->sa_family == AF_INET6) {
            sockaddr_in6 address{};
            std::memcpy(&address, each->ifa_addr, sizeof address);
            std::memcpy(found.data(), &address.sin6_addr, sizeof address.sin6_addr);
            is_found = !IN6_IS_ADDR_LINKLOCAL(&address.sin6_addr);
        }
    }
    ::freeifaddrs(all);
    if (!is_found) {
        return failure(ErrorCode::not_found,
                       device + ": it has no address that orders could come from");
    }
    return found;
}

}  // namespace nanotune::datapath
