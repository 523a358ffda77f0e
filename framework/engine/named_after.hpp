// Settings of the host that follow another one by the name of their device: IPv6's own MTU the
// device's, and what a device was never given itself the value for devices that come later.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/survey.hpp"
#include "model/catalog.hpp"

namespace nanotune {

/// Stands for the device's name in what a setting carries, where that is named after a device.
inline constexpr std::string_view device_mark = "{}";

/// The one that `whole` carries by this pattern, of that device; the mark alone is the same setting
/// of it. Nothing where the pattern is no such one, or where its plugin is not loaded, as then
/// nothing of it can be kept.
[[nodiscard]] std::optional<SettingRef> named_after(const Catalog& catalog, const SettingRef& whole,
                                                    std::string_view pattern,
                                                    std::string_view device);
/// Whether it reaches the same setting of every device that was never given its own.
[[nodiscard]] bool reaches_devices(const Tunable& tunable);
/// The same setting of each device that is there. Errors: those of listing devices; timed_out.
[[nodiscard]] Result<std::vector<SettingRef>> of_each_device(const Catalog& catalog,
                                                             const SettingRef& whole,
                                                             Survey& survey);
/// What is changed along on the device that `whole` itself is named after. Errors: those of listing
/// it.
[[nodiscard]] Result<std::vector<std::pair<SettingRef, Candidate>>> on_named_device(
    const Catalog& catalog, const SettingRef& whole, Survey& survey);
/// Which devices are as such a setting is now, and so go along if theirs was never set: no file
/// says whether it was. A sentence for each change.
[[nodiscard]] std::vector<std::string> followers_of(std::span<const Plan> stages,
                                                    const Catalog& catalog, Survey& survey);

}  // namespace nanotune
