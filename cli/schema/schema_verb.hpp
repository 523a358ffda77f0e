// nanotune schema: what editors complete and check profiles by.
#pragma once

#include "../command.hpp"

namespace nanotune::cli {

extern const Command schema_command;

}  // namespace nanotune::cli
