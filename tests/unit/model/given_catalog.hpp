// A small catalog with every shape of plugin, so that the model is tested without the real ones.
#pragma once

#include "model/catalog.hpp"

namespace given {

/// nic (device), cpu (ids), process (label, one rule with rows), memory, sysctl (open names) and
/// boot.
nanotune::Catalog catalog();

}  // namespace given
