#include "run.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include <nanotune/nearest.hpp>

#include "commands/commands.hpp"
#include "context.hpp"
#include "help.hpp"
#include "json.hpp"

namespace nanotune::cli {

namespace {

Result<bool> wants_colour(const Arguments& arguments, const Surroundings& surroundings,
                          bool is_terminal) {
    static constexpr std::array<std::string_view, 3> choices = {"auto", "always", "never"};
    const std::string choice = arguments.text("colour", "auto");
    if (std::ranges::find(choices, choice) == choices.end()) {
        return failure(ErrorCode::invalid,
                       fmt::format("--colour {}: expected auto, always or never", choice));
    }
    return choice == "always" || (choice == "auto" && is_terminal && !surroundings.refuses_colour);
}

Result<Look> look_of(const Arguments& arguments, const Surroundings& surroundings) {
    NT_TRY(const bool colour, wants_colour(arguments, surroundings, surroundings.out_is_terminal));
    NT_TRY(const bool error_colour,
           wants_colour(arguments, surroundings, surroundings.error_is_terminal));
    const bool json = arguments.has("json");
    return Look{.width = surroundings.width,
                .error_width = surroundings.error_is_terminal ? surroundings.width : 0,
                .colour = colour,
                .error_colour = error_colour,
                .shows_progress = surroundings.error_is_terminal && !json,
                .json = json,
                .verbose = arguments.has("verbose")};
}

std::string shown_help(const std::string& text, bool json) {
    return json ? json_of(help_command.name, "text", text) : text;
}

/// A variable that is not set must not pass for the working folder.
Status names_folders(const Arguments& arguments) {
    for (const std::string_view option : {"state-dir", "plugin-dir"}) {
        if (arguments.has(option) && arguments.text(option).empty()) {
            return failure(ErrorCode::invalid,
                           fmt::format("--{} \"\": a folder is expected", option));
        }
    }
    return {};
}

/// Tells what kept the verb from running, in the form that was asked for.
int failed(const Screen& screen, std::string_view verb, const Problems& problems, bool json,
           int status) {
    if (json) {
        // Standard output of exec is its command's.
        const bool is_exec = verb == exec_command.name;
        const std::string text = json_of(verb, problems, status);
        is_exec ? screen.raw_error(text) : screen.raw(text);
        return status;
    }
    for (const Error& problem : problems) {
        screen.error(problem);
    }
    return status;
}

int status_of_failure(const Command& command, const Problems& problems) {
    if (command.failure_status != status_of(Exit::refused)) {
        return command.failure_status;
    }
    return status_of(problems);
}

/// A result that is not there must not pass for one.
int with_loss(int status, const Command& command, const Screen& screen, const std::string& lost) {
    if (lost.empty()) {
        return status;
    }
    screen.error("standard output: not all of it could be written: " + lost);
    return command.acts ? status : status_of(Exit::refused);
}

int run_command(const Command& command, const std::vector<std::string>& words,
                const Surroundings& surroundings, const Screen& screen,
                const ServiceSource& source) {
    const auto options_end = std::ranges::find(words, "--");
    const bool json = std::find(words.begin(), options_end, "--json") != options_end;
    const auto arguments = Arguments::parsed(command, words);
    if (!arguments) {
        return failed(screen, command.name, {arguments.error()}, json, command.failure_status);
    }
    const auto look = look_of(*arguments, surroundings);
    if (!look) {
        return failed(screen, command.name, {look.error()}, json, command.failure_status);
    }
    if (const Status named = names_folders(*arguments); !named) {
        return failed(screen, command.name, {named.error()}, json, command.failure_status);
    }
    const Screen own = screen.with(*look);
    if (arguments->has("help")) {
        own.raw(shown_help(help_of(command, look->width), json));
        return 0;
    }
    Context context(*arguments, own, surroundings, source, command.name);
    const Ended ended = command.run(context);
    if (ended) {
        return with_loss(*ended, command, own, surroundings.lost_output());
    }
    const Problems& problems = ended.error().problems;
    return failed(own, command.name, problems, json, status_of_failure(command, problems));
}

int unknown_verb(const Screen& screen, const std::string& verb, const std::string& called,
                 bool json) {
    std::vector<std::string> names;
    for (const Command* command : all_commands()) {
        if (!command->hidden) {
            names.emplace_back(command->name);
        }
    }
    const Error problem{.code = ErrorCode::invalid,
                        .message = fmt::format("nanotune has no verb \"{}\"{}; {} --help lists "
                                               "them",
                                               verb, did_you_mean(verb, names), called)};
    return failed(screen, verb, {problem}, json, status_of(Exit::refused));
}

}  // namespace

int run(const std::vector<std::string>& words, const Surroundings& surroundings,
        const Screen& screen, const ServiceSource& source) {
    auto [verb, rest] = verb_and_rest(words);
    const auto given = [&rest](std::string_view word) {
        return std::ranges::find(rest, word) != rest.end();
    };
    if (verb.empty() && given("--version")) {
        std::erase(rest, "--version");
        verb = "version";
    }
    if (verb.empty() && (given("--help") || given("-h"))) {
        screen.raw(shown_help(overview(surroundings.width), given("--json")));
        return 0;
    }
    if (verb.empty()) {
        if (rest.empty()) {
            screen.raw_error(overview(surroundings.width));
            return status_of(Exit::refused);
        }
        return failed(screen, "",
                      {{.code = ErrorCode::invalid,
                        .message = fmt::format("no verb is given; {} --help lists them",
                                               surroundings.called)}},
                      given("--json"), status_of(Exit::refused));
    }
    const Command* command = command_named(verb);
    if (command == nullptr) {
        return unknown_verb(screen, verb, surroundings.called, given("--json"));
    }
    return run_command(*command, rest, surroundings, screen, source);
}

}  // namespace nanotune::cli
