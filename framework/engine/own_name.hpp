// Names are not things: a device is written by its name, which may be given to another one while an
// apply or a rollback is at work.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/survey.hpp"
#include "model/plan.hpp"

namespace nanotune {

/// The device by whose name a setting is written, as it was when it was looked for; without a name
/// where there is none. Valid as long as the candidate that it is of.
struct NamedDevice {
    std::string name = {};
    const DeviceIdentity* identity = nullptr;  ///< of one with a name
};

[[nodiscard]] NamedDevice named_device(const SettingRef& setting, const Candidate& candidate);

/// Asks the kernel whether the name is still that device's. Errors: refused, where it is another
/// one's. Of one that nobody has the write itself tells.
[[nodiscard]] Status bears_its_name(System& system, const NamedDevice& device);
/// The same of the device of each change, before any of it is on record. Errors: timed_out.
[[nodiscard]] Result<std::vector<Status>> names_borne(const std::vector<Change>& changes,
                                                      CallRunner& calls);
/// Of all of the lists at once, each device asked about once. Errors: the first.
[[nodiscard]] Status bear_their_names(std::initializer_list<const std::vector<Change>*> lists,
                                      CallRunner& calls);

/// Bank::write without what belongs to a device whose name is another one's by now; `devices` are
/// those of the assignments.
[[nodiscard]] std::vector<Status> write_to_its_own(System& system, const Bank& bank,
                                                   const Target& target,
                                                   std::span<const Assignment> assignments,
                                                   std::span<const NamedDevice> devices);

}  // namespace nanotune
