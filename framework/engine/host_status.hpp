// What the journal says of the host, in the words of status.
#pragma once

#include <string>

#include "engine/ledger.hpp"
#include "model/report.hpp"

namespace nanotune {

[[nodiscard]] HostState state_of(const Ledger& ledger);
/// "apply of hft, begun 2026-11-22T12:34:56Z, was cut off"; "" when nothing is open.
[[nodiscard]] std::string interruption_of(const Ledger& ledger);

}  // namespace nanotune
