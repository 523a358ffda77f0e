// What a network device is known by, whatever it is called: names are changed, swapped, and given
// to others.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nanotune {

/// A device as it was seen once. A value without a name is no device.
struct DeviceIdentity {
    std::string name = {};  ///< as it was called then
    /// ifindex. Within a boot and a network namespace the kernel gives it to another device only
    /// when it is asked to, or when one moves in that brings it along.
    unsigned index = 0;
    std::string kind = {};  ///< IFLA_INFO_KIND; "" for a physical device
    std::string address = {};
    bool is_burnt_in = false;  ///< the address is the hardware's own (IFLA_PERM_ADDRESS)
    std::string bus = {};      ///< path of its device in sysfs; "" for one without, or not known
    unsigned lower = 0;        ///< ifindex of the device below; for a veth its peer

    [[nodiscard]] bool is_known() const { return !name.empty() && index != 0; }
    friend bool operator==(const DeviceIdentity&, const DeviceIdentity&) = default;
};

/// Whether both are the same device of one network namespace and boot, renamed, with another
/// address or with its driver loaded anew between the two.
[[nodiscard]] bool is_same(const DeviceIdentity& one, const DeviceIdentity& other);
/// Whether the second, seen in another network namespace, is the first one that was moved there.
[[nodiscard]] bool is_moved(const DeviceIdentity& one, const DeviceIdentity& other);

/// One line for journals, and back. Nothing for a text that is none.
[[nodiscard]] std::string encoded(const DeviceIdentity& device);
[[nodiscard]] std::optional<DeviceIdentity> device_decoded(std::string_view text);

}  // namespace nanotune
