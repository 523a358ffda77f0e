#include "completion.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/core.h>

#include "../arguments.hpp"
#include "../commands/commands.hpp"
#include "model/layer_reader.hpp"

namespace nanotune::cli {

namespace {

void add_verbs(Completion& completion) {
    for (const Command* command : all_commands()) {
        if (!command->hidden) {
            completion.words.push_back({std::string(command->name), std::string(command->help)});
        }
    }
}

void add_options(Completion& completion, std::span<const Option> options) {
    for (const Option& option : options) {
        completion.words.push_back({fmt::format("--{}", option.name), std::string(option.help)});
    }
}

void add_all(Completion& completion, const std::function<std::vector<CompletionWord>()>& source) {
    for (CompletionWord& candidate : source()) {
        completion.words.push_back(std::move(candidate));
    }
}

/// The words of --allow.
void add_consents(Completion& completion) {
    for (const Impact impact : {Impact::drops_packets, Impact::bounces_link,
                                Impact::moves_processes, Impact::disturbs_clock}) {
        completion.words.push_back({std::string(name_of(impact)), {}});
    }
    completion.words.push_back({"management", {}});
    completion.words.push_back({"all", {}});
}

/// A word as usage texts have it: "check" is itself, "PROFILE" stands for what there is.
void add_meaning(Completion& completion, std::string_view word, const CompletionSource& source) {
    if (word == "PROFILE") {
        add_all(completion, source.profiles);
        completion.also = ShellWords::files;
    } else if (word == "FILE" || word == "PATH" || word == "PLAN") {
        completion.also = ShellWords::files;
    } else if (word == "DIR" || word == "FOLDER") {
        completion.also = ShellWords::folders;
    } else if (word == "COMMAND") {
        completion.also = ShellWords::commands;
    } else if (word == "SETTING") {
        add_all(completion, source.settings);
    } else if (word == "PLUGIN") {
        add_all(completion, source.plugins);
    } else if (word == "NIC") {
        add_all(completion, source.devices);
    } else if (word == "VERB") {
        add_verbs(completion);
    } else if (word == "NAME=VALUE") {
        for (const std::string_view set : cpu_set_names) {
            completion.words.push_back({fmt::format("cpus.{}=", set), "CPUs of the plan"});
        }
    } else if (word == "WORDS") {
        add_consents(completion);
    } else if (word == "WHEN") {
        for (const char* when : {"auto", "always", "never"}) {
            completion.words.push_back({when, {}});
        }
    } else if (!word.empty() && std::islower(static_cast<unsigned char>(word.front())) != 0) {
        completion.words.push_back({std::string(word), {}});
    }
}

/// What stands before `separator`, which is taken off with it.
std::string_view next_part(std::string_view& text, std::string_view separator) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + separator.size(), text.size()));
    return part;
}

void add_alternatives(Completion& completion, std::string_view bars,
                      const CompletionSource& source) {
    while (!bars.empty()) {
        add_meaning(completion, next_part(bars, "|"), source);
    }
}

bool stands_for_something(std::string_view word) {
    return !word.empty() && std::isupper(static_cast<unsigned char>(word.front())) != 0;
}

/// Whether "show|check" or "PROFILE" has this word.
bool may_be(std::string_view bars, std::string_view word) {
    while (!bars.empty()) {
        const std::string_view alternative = next_part(bars, "|");
        if (stands_for_something(alternative) || alternative == word) {
            return true;
        }
    }
    return false;
}

/// One of the forms of a usage text, "show|check [PROFILE]": what may follow these operands.
void add_operand(Completion& completion, std::string_view form,
                 std::span<const std::string> operands, const CompletionSource& source) {
    while (!form.empty()) {
        const std::string_view bracketed = next_part(form, " ");
        const std::size_t begin = std::min(bracketed.find_first_not_of('['), bracketed.size());
        const std::string_view bars =
            bracketed.substr(begin, bracketed.find_first_of("].", begin) - begin);
        if (operands.empty()) {
            add_alternatives(completion, bars, source);
            return;
        }
        if (!may_be(bars, operands.front())) {
            return;
        }
        operands = operands.subspan(1);
    }
}

const Option* option_named(const Command& command, std::string_view word) {
    if (!word.starts_with('-')) {
        return nullptr;
    }
    for (const std::span<const Option> options : {command.options, common_options()}) {
        for (const Option& option : options) {
            const bool is_letter = word.size() == 2 && option.letter == word[1];
            if (word == fmt::format("--{}", option.name) || is_letter) {
                return &option;
            }
        }
    }
    return nullptr;
}

/// Where the last word stands among those of one verb.
struct Place {
    const Option* option = nullptr;     ///< whose value it is
    std::vector<std::string> operands;  ///< before it
    bool is_in_command = false;
};

Place place_of_last(const Command& command, std::span<const std::string> before) {
    Place place;
    for (const std::string& word : before) {
        if (place.option != nullptr) {
            place.option = nullptr;
        } else if (word == "--" && command.takes_a_command) {
            place.is_in_command = true;
            return place;
        } else if (const Option* option = option_named(command, word)) {
            place.option = option->value.empty() ? nullptr : option;
        } else if (!word.starts_with('-')) {
            place.operands.push_back(word);
        }
    }
    return place;
}

Completion for_verb(const Command& command, std::span<const std::string> before,
                    std::string_view last, const CompletionSource& source) {
    Completion completion;
    const Place place = place_of_last(command, before);
    if (place.is_in_command) {
        completion.also = ShellWords::commands;
    } else if (place.option != nullptr) {
        add_alternatives(completion, place.option->value, source);
    } else if (last.starts_with('-')) {
        add_options(completion, command.options);
        add_options(completion, common_options());
    } else {
        std::string_view forms = command.operands.usage;
        while (!forms.empty()) {
            add_operand(completion, next_part(forms, " | "), place.operands, source);
        }
    }
    return completion;
}

}  // namespace

Completion completion_of(std::span<const std::string> words, const CompletionSource& source) {
    if (words.empty()) {
        return {};
    }
    const std::string& last = words.back();
    auto [verb, rest] = verb_and_rest(words.first(words.size() - 1));
    Completion completion;
    if (const Command* command = verb.empty() ? nullptr : command_named(verb)) {
        completion = for_verb(*command, rest, last, source);
    } else if (verb.empty()) {
        const Command none = {};
        const Place place = place_of_last(none, rest);
        if (place.option != nullptr) {
            completion = for_verb(none, rest, last, source);
        } else if (last.starts_with('-')) {
            add_options(completion, common_options());
        } else {
            add_verbs(completion);
        }
    }
    std::erase_if(completion.words,
                  [&last](const CompletionWord& each) { return !each.word.starts_with(last); });
    return completion;
}

}  // namespace nanotune::cli
