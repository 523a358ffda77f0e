// Desires that sections state themselves: a setting, a selector, a value.
#pragma once

#include <vector>

#include "engine/host_view.hpp"

namespace nanotune {

/// Adds the stage's settings, ordered as plans are: plugin and bank as loaded, targets as
/// discovered, settings as first mentioned. What goes wrong is added to the view's problems.
void add_setting_desires(HostView& host, StageDesires& desires);

/// Whether the error only says that this host cannot do what an optional setting asks for: then it
/// waits.
[[nodiscard]] bool is_excused(const ResolvedSetting& setting, const Error& error,
                              const LiveSection& live, StageDesires& desires);

}  // namespace nanotune
