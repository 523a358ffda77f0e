// What whoever asks how the host stands should hear of datapaths.
#pragma once

#include <string>
#include <vector>

#include "service/datapaths.hpp"

namespace nanotune::cli {

/// Each that does not run, and what has become of the multicast group of each that has one. They
/// come with what they have counted.
[[nodiscard]] std::vector<std::string> notes_of(const std::vector<Datapath>& datapaths);

}  // namespace nanotune::cli
