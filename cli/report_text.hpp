// What all verbs with a Report print in the same way: the table of changes, failures, the tally.
#pragma once

#include <string>

#include "model/requests.hpp"
#include "rows.hpp"
#include "screen.hpp"

namespace nanotune::cli {

/// What the columns of a table of changes are called: before, "->", after.
struct ChangeTitles {
    std::string_view before = "BEFORE";
    std::string_view after = "NOW";
    bool shows_outcome = true;  ///< otherwise the impact
};

/// "SETTING TARGET BEFORE -> NOW ...", one line a group; with --verbose every row by itself.
void print_changes(const Screen& screen, const Report& report, bool (*wanted)(const Row&),
                   const ChangeTitles& titles);

/// Problems, and rows that failed, one a line on standard error.
void print_failures(const Screen& screen, const Report& report);

/// "; nothing was touched", where that is so and no problem has said it.
[[nodiscard]] std::string_view untouched(const Report& report);

/// What else should be known.
void print_notes(const Screen& screen, const Report& report);

/// "7 changed, 12 already as wanted, 1 unsupported here (optional)".
[[nodiscard]] std::string tally(const Report& report);

/// The same of a rollback: "6 settings put back, 16 already as they were before".
[[nodiscard]] std::string undo_tally(const Report& report);

/// What --allow must say for the rows that would change: "drops,bounces"; "" for nothing.
[[nodiscard]] std::string needed_consent(const Report& report);
/// What it must say for the rows that did change to go back.
[[nodiscard]] std::string consent_to_undo(const Report& report);
/// Whether the profile itself keeps rows back, so that no consent helps.
[[nodiscard]] bool is_barred(const Report& report);

/// Whether another nanotune is at work, so that nothing that was seen is final.
[[nodiscard]] bool is_for_later(const Report& report);
/// Whether the row is a change that was made, or would be.
[[nodiscard]] bool is_change(const Row& row);
/// Whether the row ended otherwise than wanted, and not for want of trying.
[[nodiscard]] bool is_failure(const Row& row);

/// The request as words of a command line: "hft --set mtu=9000".
[[nodiscard]] std::string command_words(const ProfileRequest& request);
/// A word that a shell leaves alone.
[[nodiscard]] std::string shell_word(std::string_view word);

/// Errors: damaged, with the reason, where the plugin of that name, or of that setting, is refused.
[[nodiscard]] Status not_refused(const std::vector<PluginInfo>& plugins, std::string_view name);

/// What a profile's name is called in a sentence: without folder and ending.
[[nodiscard]] std::string called(std::string_view profile);

}  // namespace nanotune::cli
