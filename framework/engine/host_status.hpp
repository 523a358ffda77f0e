// What the journal says of the host, in the words of status.
#pragma once

#include <chrono>
#include <string>

#include "engine/moment.hpp"
#include "engine/state_folder.hpp"
#include "model/profile.hpp"
#include "model/report.hpp"

namespace nanotune {

struct EngineParts;

[[nodiscard]] HostState state_of(const Ledger& ledger, const Moment& now);
/// Whether it had to be confirmed by now, and nobody did.
[[nodiscard]] bool is_overdue(const Applied& applied, const Moment& now);
/// What a look at the host may take: no longer than until this engine has to take back what nobody
/// confirms, but a second even then. What hangs is given up by then.
[[nodiscard]] std::chrono::milliseconds time_to_look(const EngineParts& parts,
                                                     const Ledger& ledger);
/// `unknown` where the journal cannot be read.
[[nodiscard]] HostState state_of(const Result<JournalView>& view, const Moment& now);
/// That another nanotune is at work, which is named, so that nothing is final.
[[nodiscard]] std::string work_of(const std::string& at_work);
/// "NAME=VALUE" each, as the journal keeps them, and back.
[[nodiscard]] std::vector<std::string> texts_of(const std::vector<Override>& overrides);
[[nodiscard]] std::vector<Override> overrides_of(const std::vector<std::string>& texts);
/// "hft had to be confirmed by 2026-11-22T12:34:56Z, and nobody did".
[[nodiscard]] std::string missed_confirmation_of(const Applied& applied, const Moment& now);
/// What of the journal is lost, and where the rest is.
[[nodiscard]] std::string loss_of(const record::Lost& lost);
/// That devices could not be asked for, so that their names alone count.
[[nodiscard]] std::string by_names_only(const Error& why);
/// That rollback left so many settings, as others set them or as they are away, and what restores
/// them.
[[nodiscard]] std::vector<std::string> left_behind(std::size_t overridden, std::size_t away);
/// Until when the apply must be confirmed, in RFC 3339, as the wall clock goes now.
[[nodiscard]] std::string deadline_of(const Applied& applied, const Moment& now);
/// "apply of hft, begun 2026-11-22T12:34:56Z, was cut off"; "" when nothing is open.
[[nodiscard]] std::string interruption_of(const Ledger& ledger);

}  // namespace nanotune
