// What may be written again as an apply left it.
#pragma once

#include <variant>

#include "model/declared.hpp"

namespace nanotune {

/// Whether what is held is a number of the setting's range. One below it stays as it was found
/// (timers of a real-time thread have no slack, 0), and would be another thing as a write.
[[nodiscard]] inline bool is_held_in_range(const SettingRef& setting, const Value& held) {
    const Domain& domain = setting.tunable->domain;
    const auto* const number = std::get_if<std::int64_t>(&held);
    return domain.kind != Domain::Kind::integer || number == nullptr || *number >= domain.minimum;
}

/// Whether it may be put back by itself to what is held of it.
[[nodiscard]] inline bool may_be_put_back(const SettingRef& setting, const Value& held) {
    return may_be_repaired(setting) && is_held_in_range(setting, held);
}

}  // namespace nanotune
