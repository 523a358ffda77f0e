// nanotune help [VERB].
#include "../help.hpp"

#include <fmt/core.h>

#include <nanotune/nearest.hpp>

#include "../context.hpp"
#include "../json.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

Ended run(Context& context) {
    const std::string verb = context.arguments().operand(0);
    std::string text;
    if (verb.empty()) {
        text = overview(context.look().width);
    } else if (const Command* command = command_named(verb); command != nullptr) {
        text = help_of(*command, context.look().width);
    } else {
        std::vector<std::string> names;
        for (const Command* known : all_commands()) {
            names.emplace_back(known->name);
        }
        return std::unexpected(
            Failure(Error{.code = ErrorCode::not_found,
                          .message = fmt::format("nanotune has no verb \"{}\"{}", verb,
                                                 did_you_mean(verb, names))}));
    }
    context.screen().raw(context.look().json ? json_of("help", "text", text) : text);
    return 0;
}

}  // namespace

constinit const Command help_command = {.name = "help",
                                        .help = "what a verb does and which options it takes",
                                        .operands = {.usage = "[VERB]", .least = 0, .most = 1},
                                        .run = run};

}  // namespace nanotune::cli
