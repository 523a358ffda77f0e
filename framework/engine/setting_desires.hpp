// Desires that sections state themselves: a setting, a selector, a value.
#pragma once

#include <vector>

#include "engine/host_view.hpp"

namespace nanotune {

/// The stage's settings, ordered as plans are: plugin and bank as loaded, targets as discovered,
/// settings as first mentioned. What goes wrong is added to the view's problems.
[[nodiscard]] std::vector<Desired> setting_desires(HostView& host);

}  // namespace nanotune
