// Commands for the operator to paste: whole, with all that they need to work, and in lines that the
// terminal need not break.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "context.hpp"

namespace nanotune::cli {

/// The command in lines of at most `width` columns, as far as its words allow, which a shell takes
/// as one; 0: one line.
[[nodiscard]] std::vector<std::string> pasteable(std::string_view command, std::size_t width);

/// "WHAT: COMMAND"; where that is too long, the command below in lines of its own.
void print_hint(const Screen& screen, std::string_view what, const std::string& command,
                Style style = Style::plain);
/// The same on standard error.
void print_error_hint(const Screen& screen, std::string_view what, const std::string& command);

/// "plan FILE" about a profile in that file, whole.
[[nodiscard]] std::string command_to_plan(const Context& context, const std::string& file);
/// "apply PROFILE --allow WORDS", whole.
[[nodiscard]] std::string command_to_apply(const Context& context, std::string_view operand_words,
                                           const std::string& consent);
/// "rollback --all --force --allow WORDS", whole.
[[nodiscard]] std::string command_to_roll_back(const Context& context, const RollbackRequest& how,
                                               const std::string& consent);
/// The same, allowing what it takes on this host now. Looks at the host.
[[nodiscard]] std::string command_to_roll_back(const Context& context, Service& service,
                                               const RollbackRequest& how = {});

}  // namespace nanotune::cli
