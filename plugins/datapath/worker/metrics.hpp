// What datapaths have counted, as Prometheus reads it.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "shared.hpp"

namespace nanotune::datapath {

/// Of each datapath its name, and what it shares, summed over its workers. Text format 0.0.4, each
/// family once; nothing for none. Times are of the packets that were timed.
[[nodiscard]] std::string metrics_of(
    std::span<const std::pair<std::string, const Shared*>> datapaths);

}  // namespace nanotune::datapath
