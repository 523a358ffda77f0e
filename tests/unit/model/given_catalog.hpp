// A small catalog with every shape of plugin, so that the model is tested without the real ones.
#pragma once

#include "model/catalog.hpp"

namespace given {

/// nic (device), cpu (ids), process (label, one rule with rows), memory, sysctl (open names) and
/// boot.
nanotune::Catalog catalog();

/// A plugin memory whose one setting, memory.swappiness, is sysctl.vm.swappiness as well.
nanotune::Plugin memory_plugin();
/// A plugin sysctl that opens net.* and nothing else.
nanotune::Plugin sysctl_plugin();

}  // namespace given
