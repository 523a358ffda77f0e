// Who has a NIC besides the kernel's own stack: XDP programs, AF_XDP sockets, a vendor's kernel
// bypass, a program that drives the card itself.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include <nanotune/cpu_set.hpp>
#include <nanotune/system.hpp>
#include <nanotune/target.hpp>

namespace nanotune {

struct NicOwner {
    std::string who;       ///< "XDP program 12 (native)", "AF_XDP socket of feed (process 77)"
    CpuSet queues = {};    ///< that it is bound to; empty for the whole device
    unsigned process = 0;  ///< whose it is; 0 where that is not known, or is none
    friend bool operator==(const NicOwner&, const NicOwner&) = default;
};

/// "XDP program 12 (native)", "AF_XDP socket of feed (process 77) on queue 0-1"
[[nodiscard]] std::string text_of(const NicOwner& owner);

/// Owners of each of these candidates of discover::nics, by device; none of a device that has none.
/// What cannot be looked at (the descriptors of others' processes) is not named.
[[nodiscard]] std::map<std::string, std::vector<NicOwner>> observed_owners(
    System& system, std::span<const Candidate> nics);

/// A network card that a program drives itself, so that it is no network device (DPDK).
struct DetachedNic {
    std::string pci;                      ///< "0000:03:00.0"
    std::string driver;                   ///< "vfio-pci"
    std::vector<std::string> names = {};  ///< that udev would give it by its place
    std::string held_by = {};             ///< "dpdk-testpmd (process 77)"; "" where nobody is found
    friend bool operator==(const DetachedNic&, const DetachedNic&) = default;
};
[[nodiscard]] std::vector<DetachedNic> detached_nics(System& system);

/// AF_XDP sockets that are open in the network namespace although this kernel does not say where
/// they are bound; 0 where it does.
[[nodiscard]] unsigned unplaced_xdp_sockets(System& system);

/// AF_XDP sockets on the device, by their queue, each with who holds it.
[[nodiscard]] std::vector<NicOwner> xdp_sockets_of(System& system, const std::string& device);

}  // namespace nanotune
