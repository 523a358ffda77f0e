// The device that something was recorded of: it may have another name by now, and its name may be
// another device's.
#pragma once

#include <string>

#include "engine/shared_device.hpp"

namespace nanotune {

/// What has become of a device.
enum class Fate {
    here,     ///< or there is none in question
    away,     ///< not in this network namespace; what it holds may come back with it
    no_more,  ///< removed, with everything that was set on it
};

struct Bearer {
    SharedDevice device = {};   ///< as it is now, where it is here; else as it was recorded
    std::string formerly = {};  ///< what it was called when that was recorded, if not as now
    Fate fate = Fate::here;
    bool is_name_taken = false;  ///< it is not here, and another device has its name
    friend bool operator==(const Bearer&, const Bearer&) = default;
};

/// Both of them, or the one that is not empty.
[[nodiscard]] std::string joined(std::string what, const std::string& more);

/// "eth1, renamed from eth0"; that it is away, or no more; "" where nothing has become of it.
[[nodiscard]] std::string fate_of(const Bearer& bearer);

}  // namespace nanotune
