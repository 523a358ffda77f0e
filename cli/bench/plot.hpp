// Round trips as a picture.
#pragma once

#include <string>

#include "round_trips.hpp"

namespace nanotune::cli::bench {

/// An SVG of 800 by 420: how many answers took how long, on a logarithmic axis of time, with the
/// median, p99, p99.9 and the longest marked. Says so where there are none.
[[nodiscard]] std::string svg_of(const std::string& target, const RoundTrips& trips);

}  // namespace nanotune::cli::bench
