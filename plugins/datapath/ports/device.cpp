#include "device.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <vector>

#include <fmt/core.h>
#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "socket_address.hpp"
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

namespace {

struct OwnAddress {
    std::string device;
    std::array<std::uint8_t, 16> bytes{};
};

/// Of all devices, in the kernel's order.
Result<std::vector<OwnAddress>> own_addresses(bool is_ipv6) {
    ifaddrs* all = nullptr;
    if (::getifaddrs(&all) != 0) {
        return kernel_failure("ask for this host's addresses", errno);
    }
    std::vector<OwnAddress> found;
    for (const ifaddrs* each = all; each != nullptr; each = each->ifa_next) {
        if (each->ifa_addr == nullptr ||
            each->ifa_addr->sa_family != (is_ipv6 ? AF_INET6 : AF_INET)) {
            continue;
        }
        OwnAddress& one = found.emplace_back(OwnAddress{.device = each->ifa_name});
        if (is_ipv6) {
            sockaddr_in6 address{};
            std::memcpy(&address, each->ifa_addr, sizeof address);
            std::memcpy(one.bytes.data(), &address.sin6_addr, sizeof address.sin6_addr);
        } else {
            sockaddr_in address{};
            std::memcpy(&address, each->ifa_addr, sizeof address);
            std::memcpy(one.bytes.data(), &address.sin_addr, sizeof address.sin_addr);
        }
    }
    ::freeifaddrs(all);
    return found;
}

}  // namespace

Result<std::array<std::uint8_t, 16>> own_address(const std::string& device, bool is_ipv6) {
    NT_TRY(const std::vector<OwnAddress> all, own_addresses(is_ipv6));
    const auto found = std::ranges::find_if(all, [&](const OwnAddress& one) {
        return one.device == device && !(is_ipv6 && is_of_one_link(one.bytes.data()));
    });
    if (found == all.end()) {
        return failure(ErrorCode::not_found,
                       device + ": it has no address that orders could come from");
    }
    return found->bytes;
}

Result<bool> is_this_hosts(const std::array<std::uint8_t, 16>& address, bool is_ipv6,
                           const std::string& device) {
    NT_TRY(const std::vector<OwnAddress> all, own_addresses(is_ipv6));
    const bool is_of_device = is_ipv6 && is_of_one_link(address.data());
    return is_loopback(address, is_ipv6) || std::ranges::any_of(all, [&](const OwnAddress& one) {
               return one.bytes == address && (!is_of_device || one.device == device);
           });
}

namespace {

std::size_t queues_called(std::string_view front, const std::string& device) {
    std::size_t count = 0;
    std::error_code ignored;
    for (const auto& entry :
         std::filesystem::directory_iterator("/sys/class/net/" + device + "/queues", ignored)) {
        count += entry.path().filename().string().starts_with(front) ? 1 : 0;
    }
    return count;
}

}  // namespace

std::size_t receive_queues(const std::string& device) {
    return queues_called("rx-", device);
}

std::size_t send_queues(const std::string& device) {
    return queues_called("tx-", device);
}

bool can_be_bound(const std::array<std::uint8_t, 16>& address, bool is_ipv6,
                  const std::string& device) {
    const SocketAddress wanted =
        socket_address(address, is_ipv6, 0, ::if_nametoindex(device.c_str()));
    const auto could = [&](const std::string& bound_to) {
        const Descriptor socket(
            ::socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        const bool is_on_device =
            bound_to.empty() ||
            ::setsockopt(socket.number(), SOL_SOCKET, SO_BINDTODEVICE, bound_to.c_str(),
                         static_cast<socklen_t>(bound_to.size())) == 0;
        return !is_on_device || ::bind(socket.number(), wanted.get(), wanted.size) == 0 ||
               errno != EADDRNOTAVAIL;
    };
    return could("") || (!device.empty() && could(device));
}

namespace {

/// The device that a macvlan is on, where that is of this network namespace.
std::string below(const std::string& device) {
    constexpr std::string_view front = "lower_";
    std::error_code ignored;
    for (const auto& entry :
         std::filesystem::directory_iterator("/sys/class/net/" + device, ignored)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with(front)) {
            return name.substr(front.size());
        }
    }
    return "";
}

/// As the kernel goes by it: the device's, or all devices' where that is more.
bool is_set(const std::string& device, std::string_view setting) {
    constexpr std::size_t limit = 64;
    return std::ranges::any_of(std::array{device, std::string("all")}, [&](const std::string& of) {
        const auto text =
            read_file(fmt::format("/proc/sys/net/ipv4/conf/{}/{}", of, setting), limit);
        return text && !text->starts_with('0');
    });
}

}  // namespace

std::string answers_arp_for(const std::string& device) {
    const auto own = device_of(device);
    if (!own || own->driver != "macvlan") {
        return "";
    }
    const std::string lower = below(device);
    const auto other = device_of(lower);
    // One that passes everything through has its address.
    const bool answers = other && other->link != own->link && !is_set(lower, "arp_ignore") &&
                         !is_set(lower, "arp_filter");
    return answers ? lower : "";
}

bool is_loopback(const std::array<std::uint8_t, 16>& address, bool is_ipv6) {
    constexpr std::array<std::uint8_t, 16> loopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    return is_ipv6 ? address == loopback : address[0] == 127;
}

}  // namespace nanotune::datapath
