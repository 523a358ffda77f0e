// The network device that a port is on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include <nanotune/error.hpp>

namespace nanotune::datapath {

struct Device {
    unsigned index = 0;
    std::array<std::uint8_t, 6> link{};
    unsigned mtu = 0;
    std::string driver = {};  ///< "veth"; "" where it does not say
};

/// Errors: not_found; unsupported where it is not Ethernet.
[[nodiscard]] Result<Device> device_of(const std::string& name);

/// Queues that the device receives on now; 0 where it is not there.
[[nodiscard]] std::size_t receive_queues(const std::string& device);
/// Those that it sends on, likewise.
[[nodiscard]] std::size_t send_queues(const std::string& device);

/// The first address of the device that hosts elsewhere can answer to, as on the wire. Errors:
/// not_found where it has none of that version.
[[nodiscard]] Result<std::array<std::uint8_t, 16>> own_address(const std::string& device,
                                                               bool is_ipv6);

/// Whether packets for this address stay on this host: an address of any of its devices, or a
/// loopback address; one of a link only where it is this device's, as others have the same. As on
/// the wire, of IPv4 the first four bytes. Errors: as the system's.
[[nodiscard]] Result<bool> is_this_hosts(const std::array<std::uint8_t, 16>& address, bool is_ipv6,
                                         const std::string& device);

/// Whether a socket could be given the address now, or could not for another reason than that this
/// host does not have it: waiting would not help then. Of a device that is given, one that is on it
/// or one that is not: where a VRF has the device, they have not the same addresses.
[[nodiscard]] bool can_be_bound(const std::array<std::uint8_t, 16>& address, bool is_ipv6,
                                const std::string& device);

/// The device below a macvlan where that answers ARP for this one's addresses, too, as the kernel
/// does unless told otherwise (arp_ignore, arp_filter); "" for none. What is sent to the link
/// address of that one does not come on this one.
[[nodiscard]] std::string answers_arp_for(const std::string& device);

/// 127.0.0.0/8, ::1.
[[nodiscard]] bool is_loopback(const std::array<std::uint8_t, 16>& address, bool is_ipv6);

}  // namespace nanotune::datapath
