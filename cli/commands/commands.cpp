#include "commands.hpp"

#include <algorithm>
#include <array>

#include "../completion/complete_verb.hpp"
#include "../doctor_verb.hpp"
#include "../import/import_verb.hpp"
#include "../prove_verb.hpp"
#include "../schema/schema_verb.hpp"

namespace nanotune::cli {

std::span<const Command* const> all_commands() {
    static constexpr std::array commands = {
        &plan_command,     &apply_command,   &confirm_command,  &verify_command,  &rollback_command,
        &status_command,   &history_command, &freeze_command,   &thaw_command,    &monitor_command,
        &topology_command, &doctor_command,  &capture_command,  &import_command,  &certify_command,
        &prove_command,    &list_command,    &describe_command, &boot_command,    &exec_command,
        &datapath_command, &bench_command,   &profile_command,  &schema_command,  &version_command,
        &help_command,     &guard_command,   &start_command,    &complete_command};
    return commands;
}

const Command* command_named(std::string_view name) {
    const auto commands = all_commands();
    const auto found = std::ranges::find(commands, name, &Command::name);
    return found == commands.end() ? nullptr : *found;
}

}  // namespace nanotune::cli
