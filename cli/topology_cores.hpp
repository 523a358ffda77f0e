// Cores in the picture of the host: the threads of each in brackets, below the cache that they
// share.
#pragma once

#include <nanotune/hardware.hpp>

#include "table.hpp"

namespace nanotune::cli {

/// The cores that these CPUs, all of them online, are on.
void draw_cores(Table& table, const Hardware& hardware, const CpuSet& cpus, std::size_t width);

}  // namespace nanotune::cli
