// Every verb, in the order in which help lists them. Each is defined in the file of its name.
#pragma once

#include <span>
#include <string_view>

#include "../command.hpp"

namespace nanotune::cli {

extern const Command plan_command;
extern const Command apply_command;
extern const Command confirm_command;
extern const Command verify_command;
extern const Command rollback_command;
extern const Command status_command;
extern const Command history_command;
extern const Command freeze_command;
extern const Command thaw_command;
extern const Command monitor_command;
extern const Command start_command;
extern const Command topology_command;
extern const Command capture_command;
extern const Command certify_command;
extern const Command list_command;
extern const Command describe_command;
extern const Command boot_command;
extern const Command exec_command;
extern const Command datapath_command;
extern const Command bench_command;
extern const Command profile_command;
extern const Command version_command;
extern const Command help_command;
extern const Command guard_command;

[[nodiscard]] std::span<const Command* const> all_commands();
/// The verb of that name, hidden ones too, or nullptr.
[[nodiscard]] const Command* command_named(std::string_view name);

}  // namespace nanotune::cli
