// The host as a picture: nodes one below the other, their cores in brackets, their NICs as tables.
#pragma once

#include "model/host_topology.hpp"
#include "screen.hpp"

namespace nanotune::cli {

void print_topology(const Screen& screen, const HostTopology& host);

}  // namespace nanotune::cli
