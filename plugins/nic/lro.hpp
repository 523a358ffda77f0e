// What else of the host keeps large receive offload from a device.
#pragma once

#include <optional>
#include <string>

#include <nanotune/system.hpp>

namespace nanotune::nic {

/// A device above it (a bond, a bridge, a VLAN) that has it off: the kernel keeps it off below.
struct LroAbove {
    std::string device;
    bool is_for_good = false;  ///< that one never has it
};
/// Nothing where none is above, or it cannot be told.
[[nodiscard]] std::optional<LroAbove> lro_off_above(System& system, const std::string& device);

/// Why the device should not have it; "" where nothing is against it.
[[nodiscard]] std::string reason_against_lro(System& system, const std::string& device);

}  // namespace nanotune::nic
