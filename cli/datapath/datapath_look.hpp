// The verbs of `nanotune datapath` that only look.
#pragma once

#include "../context.hpp"
#include "service/datapaths.hpp"

namespace nanotune::cli {

/// Of all, or of the one that is named.
[[nodiscard]] Ended list_datapaths(const Context& context, DatapathService& service);
/// The same; with --watch until it is interrupted.
[[nodiscard]] Ended datapath_stats(const Context& context, DatapathService& service);

}  // namespace nanotune::cli
