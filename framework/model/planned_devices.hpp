// Which devices a plan is of: by the time that it is applied, another one may have a name of
// theirs.
#pragma once

#include <string>
#include <vector>

#include <nanotune/device_identity.hpp>

#include "plan.hpp"

namespace nanotune {

/// Report::devices.
[[nodiscard]] std::vector<DeviceIdentity> planned_devices(const Plan& plan);

/// What another device that is called the same does not have, in one text, for people too: "number
/// 7, veth". A card keeps it when its driver is loaded anew, and no device when it is renamed, or
/// given another address. One that is made anew has it no more.
[[nodiscard]] std::string lasting_marks(const DeviceIdentity& device);

}  // namespace nanotune
