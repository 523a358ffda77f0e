// What a merged profile says that no host could hold.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "resolved.hpp"

namespace nanotune {

/// "memory.dirty_background_ratio 60% is above memory.dirty_ratio 40% (p.toml:3:1)", where the
/// value is above that of the setting which it may not exceed (Tunable::at_most); nothing where it
/// fits, or where one of the two is no number.
[[nodiscard]] std::optional<std::string> excess_over(const SettingRef& setting, const Value& value,
                                                     const SettingRef& limit, const Value& most,
                                                     const Origin& limit_line);

/// What does not fit in what is said of surely the same target, whatever the file: words of rules
/// (Rule::misfits), numbers above those that bound them, one CPU both isolated and keeping house.
/// Drops the words of rules that do not fit and the numbers that are too high, and marks their
/// sections as cut.
[[nodiscard]] std::vector<Finding> misfits_in(ResolvedProfile& profile);

}  // namespace nanotune
