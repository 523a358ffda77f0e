// `nanotune topology --json`; docs/json.md describes it.
#pragma once

#include <string>

#include "model/host_topology.hpp"

namespace nanotune::cli {

[[nodiscard]] std::string json_of(const HostTopology& host);

}  // namespace nanotune::cli
