// One object, one name: a setting that one plugin declares is a bare one of another plugin's where
// the first is not there ("memory.swappiness", "sysctl.vm.swappiness").
#pragma once

#include "engine/ledger.hpp"
#include "model/catalog.hpp"

namespace nanotune {

/// What today's plugins call what was recorded under another name. The catalog must outlive it.
[[nodiscard]] Renaming names_of(const Catalog& catalog);

}  // namespace nanotune
