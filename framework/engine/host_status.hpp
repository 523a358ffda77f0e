// What the journal says of the host, in the words of status.
#pragma once

#include <chrono>
#include <string>

#include "engine/state_folder.hpp"
#include "model/report.hpp"

namespace nanotune {

[[nodiscard]] HostState state_of(const Ledger& ledger, std::chrono::system_clock::time_point now);
/// `unknown` where the journal cannot be read.
[[nodiscard]] HostState state_of(const Result<JournalView>& view,
                                 std::chrono::system_clock::time_point now);
/// "hft had to be confirmed by 2026-11-22T12:34:56Z, and nobody did".
[[nodiscard]] std::string missed_confirmation_of(const Applied& applied);
/// What of the journal is lost, and where the rest is.
[[nodiscard]] std::string loss_of(const record::Lost& lost);
/// That rollback left so many settings, and what restores them.
[[nodiscard]] std::string left_behind(std::size_t count);
/// Until when the apply must be confirmed, in RFC 3339.
[[nodiscard]] std::string deadline_of(const Applied& applied);
/// "apply of hft, begun 2026-11-22T12:34:56Z, was cut off"; "" when nothing is open.
[[nodiscard]] std::string interruption_of(const Ledger& ledger);

}  // namespace nanotune
