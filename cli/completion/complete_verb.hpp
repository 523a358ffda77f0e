// nanotune complete: for the completions of shells, not for people.
#pragma once

#include "../command.hpp"

namespace nanotune::cli {

extern const Command complete_command;

}  // namespace nanotune::cli
