// Parses with Boost.Program_options; its exceptions end here.
#include "arguments.hpp"

#include <algorithm>

#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <fmt/core.h>

#include <nanotune/nearest.hpp>

namespace nanotune::cli {

namespace po = boost::program_options;

namespace {

/// Whether one of the words may be the option. The library need not know of others.
bool may_be_given(const Option& row, const std::vector<std::string>& words) {
    return std::ranges::any_of(words, [&row](std::string_view word) {
        const bool has_letters = word.starts_with('-') && !word.starts_with("--");
        return has_letters ? row.letter != '\0'
                           : word.starts_with("--") && word.substr(2).starts_with(row.name);
    });
}

void add_rows(po::options_description& description, std::span<const Option> rows,
              const std::vector<std::string>& words) {
    for (const Option& row : rows) {
        if (!may_be_given(row, words)) {
            continue;
        }
        std::string name(row.name);
        if (row.letter != '\0') {
            name += fmt::format(",{}", row.letter);
        }
        if (row.value.empty()) {
            description.add_options()(name.c_str(), "");
        } else {
            description.add_options()(name.c_str(), po::value<std::string>(), "");
        }
    }
}

const Option* row_named(const Command& command, std::string_view name) {
    for (const std::span<const Option> rows : {command.options, common_options()}) {
        const auto found = std::ranges::find(rows, name, &Option::name);
        if (found != rows.end()) {
            return &*found;
        }
    }
    return nullptr;
}

std::vector<std::string> option_names(const Command& command) {
    std::vector<std::string> names;
    for (const std::span<const Option> rows : {command.options, common_options()}) {
        for (const Option& row : rows) {
            names.push_back(fmt::format("--{}", row.name));
        }
    }
    return names;
}

std::unexpected<Error> unknown_option(const Command& command, std::string_view given) {
    const std::string name(given.substr(0, given.find('=')));
    return failure(ErrorCode::invalid,
                   fmt::format("nanotune {} has no option {}{}", command.name, name,
                               did_you_mean(name, option_names(command))));
}

}  // namespace

Status Arguments::take_options(const Command& command, const std::vector<std::string>& words) {
    namespace style = po::command_line_style;
    po::options_description description;
    add_rows(description, command.options, words);
    add_rows(description, common_options(), words);
    try {
        const auto found = po::command_line_parser(words)
                               .options(description)
                               .style(style::unix_style & ~style::allow_guessing)
                               .run();
        for (const po::option& option : found.options) {
            if (option.string_key.empty()) {
                operands_.insert(operands_.end(), option.value.begin(), option.value.end());
                continue;
            }
            auto& values = options_[option.string_key];
            values.push_back(option.value.empty() ? "" : option.value.front());
            const Option* row = row_named(command, option.string_key);
            if (values.size() > 1 && row != nullptr && !row->repeatable && !row->value.empty()) {
                return failure(ErrorCode::invalid,
                               fmt::format("--{} is given twice: {} and {}", option.string_key,
                                           values.front(), values.back()));
            }
        }
    } catch (const po::unknown_option& error) {
        return unknown_option(command, error.get_option_name());
    } catch (const po::error_with_option_name& error) {
        return failure(ErrorCode::invalid,
                       fmt::format("nanotune {}: {}", command.name, error.what()));
    } catch (const po::error& error) {
        return failure(ErrorCode::invalid,
                       fmt::format("nanotune {}: {}", command.name, error.what()));
    }
    return {};
}

Status Arguments::check_operands(const Command& command) const {
    if (operands_.size() < command.operands.least) {
        return failure(ErrorCode::invalid, fmt::format("nanotune {0} wants {1}; see nanotune {0} "
                                                       "--help",
                                                       command.name, command.operands.usage));
    }
    if (operands_.size() > command.operands.most) {
        return failure(
            ErrorCode::invalid,
            fmt::format("nanotune {} does not know what to do with \"{}\"{}", command.name,
                        operands_[command.operands.most],
                        command.takes_a_command ? "; the command to run follows \"--\"" : ""));
    }
    return {};
}

Result<Arguments> Arguments::parsed(const Command& command, const std::vector<std::string>& words) {
    Arguments arguments;
    std::vector<std::string> own;
    own.reserve(words.size());
    auto word = words.begin();
    for (; word != words.end() && !(command.takes_a_command && *word == "--"); ++word) {
        own.push_back(spelled_as_in_table(*word));
    }
    if (word != words.end()) {
        arguments.command_.assign(std::next(word), words.end());
    }
    NT_CHECK(arguments.take_options(command, own));
    if (!arguments.has("help")) {
        NT_CHECK(arguments.check_operands(command));
    }
    return arguments;
}

bool Arguments::has(std::string_view option) const {
    return options_.find(option) != options_.end();
}

std::string Arguments::text(std::string_view option, std::string_view fallback) const {
    const auto found = options_.find(option);
    return std::string(found == options_.end() ? fallback : std::string_view(found->second.back()));
}

const std::vector<std::string>& Arguments::texts(std::string_view option) const {
    static const std::vector<std::string> none;
    const auto found = options_.find(option);
    return found == options_.end() ? none : found->second;
}

std::string Arguments::operand(std::size_t index) const {
    return index < operands_.size() ? operands_[index] : std::string();
}

/// Both spellings of one word are in use; the table has one of them.
std::string spelled_as_in_table(const std::string& word) {
    constexpr std::string_view other = "--color";
    const bool is_other =
        word.starts_with(other) && (word.size() == other.size() || word[other.size()] == '=');
    return is_other ? "--colour" + word.substr(other.size()) : word;
}

VerbAndRest verb_and_rest(std::span<const std::string> words) {
    VerbAndRest result;
    bool value_follows = false;
    for (const std::string& word : words) {
        const bool may_be_verb = result.verb.empty() && !value_follows && !word.starts_with('-');
        if (may_be_verb) {
            result.verb = word;
            continue;
        }
        result.rest.push_back(word);
        const auto takes_value = [&word](const Option& option) {
            return !option.value.empty() && word.starts_with("--") &&
                   std::string_view(word).substr(2) == option.name;
        };
        value_follows = !value_follows &&
                        (std::ranges::any_of(common_options(), takes_value) || word == "--color");
        if (word == "--" && result.verb.empty()) {
            break;
        }
    }
    return result;
}

}  // namespace nanotune::cli
