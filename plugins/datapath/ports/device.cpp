#include "device.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
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

}  // namespace nanotune::datapath
