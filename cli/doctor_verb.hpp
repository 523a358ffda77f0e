// nanotune doctor: what is wrong with this host for those who wait for packets.
#pragma once

#include "command.hpp"

namespace nanotune::cli {

extern const Command doctor_command;

}  // namespace nanotune::cli
