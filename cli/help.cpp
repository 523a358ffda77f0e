#include "help.hpp"

#include <fmt/core.h>

#include "commands/commands.hpp"
#include "table.hpp"
#include "text.hpp"

namespace nanotune::cli {

namespace {

constexpr std::size_t usual_width = 80;

std::string option_rows(std::span<const Option> options, std::size_t width) {
    Table table({{.title = ""}, {.title = "", .may_wrap = true}});
    for (const Option& option : options) {
        const std::string letter =
            option.letter == '\0' ? std::string() : fmt::format("-{}, ", option.letter);
        const std::string value = option.value.empty() ? "" : fmt::format(" {}", option.value);
        table.add({{fmt::format("  {}--{}{}", letter, option.name, value)}, {option.help}});
    }
    return table.text(width, false);
}

std::string paragraph(std::string_view words, std::size_t width) {
    std::string text;
    for (const std::string& line : wrapped(words, width)) {
        text += line + '\n';
    }
    return text;
}

constexpr Option common[] = {
    {.name = "json", .help = "print one JSON document instead of text"},
    {.name = "verbose", .help = "every row by itself, and what is done on the way", .letter = 'v'},
    {.name = "state-dir", .value = "DIR", .help = "where the journal is (default /run/nanotune)"},
    {.name = "plugin-dir", .value = "DIR", .help = "where the plugins are"},
    {.name = "direct", .help = "work in this process even where a daemon runs"},
    {.name = "bus", .help = "ask the daemon, and fail where none answers"},
    {.name = "colour", .value = "WHEN", .help = "auto (on a terminal), always or never"},
    {.name = "timeout",
     .value = "TIME",
     .help = "how long looking at the host, or changing it, may take (default 60s); taking back "
             "has 10s at least"},
    {.name = "help", .help = "this text", .letter = 'h'},
};

}  // namespace

std::span<const Option> common_options() {
    return common;
}

std::string overview(std::size_t width) {
    width = width == 0 ? usual_width : width;
    std::string text =
        paragraph(
            "nanotune makes a host what a network tuning profile says, verifies it and undoes "
            "it.",
            width) +
        "\nusage: nanotune VERB [OPTION]...\n\n";
    Table table({{.title = ""}, {.title = "", .may_wrap = true}});
    for (const Command* command : all_commands()) {
        if (!command->hidden) {
            table.add({{fmt::format("  {}", command->name)}, {command->help}});
        }
    }
    text += table.text(width, false);
    text += "\nnanotune VERB --help tells more about one of them.\n\nevery verb takes:\n";
    text += option_rows(common, width);
    text +=
        '\n' + paragraph(
                   "exit status: 0 as wanted, 1 refused (nothing touched), 2 differs, 3 reboot "
                   "needed, 4 failed and rolled back, 5 failed and not fully restored, 6 consent "
                   "missing, 7 locked or timed out",
                   width);
    return text;
}

std::string help_of(const Command& command, std::size_t width) {
    width = width == 0 ? usual_width : width;
    std::string text =
        paragraph(fmt::format("nanotune {}: {}", command.name, command.help), width) + '\n' +
        paragraph(fmt::format("usage: nanotune {}{}{} [OPTION]...{}", command.name,
                              command.operands.usage.empty() ? "" : " ", command.operands.usage,
                              command.takes_a_command ? " -- COMMAND [ARGUMENT]..." : ""),
                  width);
    if (!command.details.empty()) {
        text += '\n' + paragraph(command.details, width);
    }
    if (!command.options.empty()) {
        text += "\noptions:\n" + option_rows(command.options, width);
    }
    text += "\nevery verb takes:\n" + option_rows(common, width);
    return text;
}

}  // namespace nanotune::cli
