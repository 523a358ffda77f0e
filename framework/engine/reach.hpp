// Whether the target of what is to be undone is there, is another one by now, or is away with what
// it holds.
#pragma once

#include <optional>
#include <string>

#include "engine/survey.hpp"
#include "engine/undo_step.hpp"

namespace nanotune {

/// The device that the target is of now, where what was recorded is another's: an interrupt is
/// known by its number alone.
[[nodiscard]] std::optional<DeviceIdentity> taken_over(const Key& key, const Bearer& bearer,
                                                       const SettingRef& setting, Survey& survey);
/// Of one that is: whose it is.
[[nodiscard]] std::string why_taken(const DeviceIdentity& by);
/// What has the target's names now may be another's: such a step is out of reach, and ends as away
/// or gone.
void tell_apart(UndoStep& step, Survey& survey);
/// Of a step at its end: why its target is not there under its name, and may be there again with
/// what it holds; nothing where it is, or is no more.
[[nodiscard]] std::optional<std::string> why_away(const UndoStep& step, Survey& survey);
/// Whether the device is there, and does not answer: its driver resets it. The kernel says that
/// there is no such device then, too.
[[nodiscard]] bool is_detached(const DeviceIdentity& device, Survey& survey);
/// Whether the target is of a CPU that is offline: what the kernel says of it then depends on the
/// driver.
[[nodiscard]] bool is_of_offline_cpu(const Target& target, Survey& survey);
}  // namespace nanotune
