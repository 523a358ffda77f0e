#include "completion.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/core.h>

#include "../arguments.hpp"
#include "../commands/commands.hpp"
#include "values.hpp"

namespace nanotune::cli {

namespace {

void add_options(Completion& completion, std::span<const Option> options) {
    for (const Option& option : options) {
        completion.words.push_back({fmt::format("--{}", option.name), std::string(option.help)});
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

/// One of the forms of a usage text, "show|check [PROFILE]...": what may follow these operands.
void add_operand(Completion& completion, std::string_view form,
                 std::span<const std::string> operands, const CompletionSource& source) {
    while (!form.empty()) {
        const std::string_view bracketed = next_part(form, " ");
        const std::size_t begin = std::min(bracketed.find_first_not_of('['), bracketed.size());
        const std::string_view bars =
            bracketed.substr(begin, bracketed.find_first_of("].", begin) - begin);
        do {
            if (operands.empty()) {
                add_alternatives(completion, bars, source);
                return;
            }
            if (!may_be(bars, operands.front())) {
                return;
            }
            operands = operands.subspan(1);
        } while (bracketed.ends_with("..."));
    }
}

const Option* option_named(const Command& command, const std::string& given) {
    if (!given.starts_with('-')) {
        return nullptr;
    }
    const std::string word = spelled_as_in_table(given);
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

/// "--colour=al": the option, and what of its value is there.
struct GivenValue {
    const Option* option = nullptr;
    std::string_view value;
};

GivenValue value_in(const Command& command, std::string_view last) {
    const std::size_t sign = last.find('=');
    if (!last.starts_with("--") || sign == std::string_view::npos) {
        return {};
    }
    const Option* const option = option_named(command, std::string(last.substr(0, sign)));
    return {.option = option, .value = last.substr(sign + 1)};
}

Completion for_verb(const Command& command, std::span<const std::string> before,
                    std::string_view last, const CompletionSource& source) {
    Completion completion;
    const Place place = place_of_last(command, before);
    if (place.is_in_command) {
        completion.also = ShellWords::commands;
    } else if (place.option != nullptr) {
        add_value(completion, place.option->value, last, source);
    } else if (const GivenValue given = value_in(command, last); given.option != nullptr) {
        add_value(completion, given.option->value, given.value, source);
        put_before(completion, last.substr(0, last.size() - given.value.size()));
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
        if (last.starts_with('-') || place_of_last(none, rest).option != nullptr) {
            completion = for_verb(none, rest, last, source);
        } else {
            add_alternatives(completion, "VERB", source);
        }
    }
    std::erase_if(completion.words,
                  [&last](const CompletionWord& each) { return !each.word.starts_with(last); });
    return completion;
}

}  // namespace nanotune::cli
