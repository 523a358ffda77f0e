// Where sysfs keeps what the bus knows of a NIC: its node, its interrupts, its address.
#pragma once

#include <string>

#include <nanotune/system.hpp>

namespace nanotune {

/// The folder of the NIC's device on its bus: the PCI function itself, also where a virtio device
/// stands between. "" for a NIC without one.
[[nodiscard]] std::string bus_device_of(Files& files, const std::string& nic);

/// Whether sysfs shows that device: it is of the network namespace in which it was mounted, which
/// need not be ours, and may have another one of the name.
bool sysfs_shows(Files& files, const std::string& nic, unsigned index);

}  // namespace nanotune
