// nanotune import: what other tools set, as a profile.
#pragma once

#include "../command.hpp"

namespace nanotune::cli {

extern const Command import_command;

}  // namespace nanotune::cli
