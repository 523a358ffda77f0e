// The verb `prove`.
#pragma once

#include "command.hpp"

namespace nanotune::cli {

extern const Command prove_command;

}  // namespace nanotune::cli
