// The command line of one verb, taken apart. Boost.Program_options stays behind this header.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/error.hpp>

#include "command.hpp"

namespace nanotune::cli {

/// Options and operands as text. A value.
class Arguments {
  public:
    /// Errors: invalid, with the nearest option where one is unknown.
    static Result<Arguments> parsed(const Command& command, const std::vector<std::string>& words);

    [[nodiscard]] bool has(std::string_view option) const;
    /// The option's value, or `fallback` where it was not given.
    [[nodiscard]] std::string text(std::string_view option, std::string_view fallback = {}) const;
    [[nodiscard]] const std::vector<std::string>& texts(std::string_view option) const;
    /// Every option that was given, by its name, with its values ("" for a flag).
    [[nodiscard]] const std::map<std::string, std::vector<std::string>, std::less<>>& options()
        const {
        return options_;
    }
    [[nodiscard]] const std::vector<std::string>& operands() const { return operands_; }
    /// The operand at this place, or "".
    [[nodiscard]] std::string operand(std::size_t index) const;
    /// What follows `--`, for verbs that take a command.
    [[nodiscard]] const std::vector<std::string>& command() const { return command_; }

  private:
    Status take_options(const Command& command, const std::vector<std::string>& words);
    [[nodiscard]] Status check_operands(const Command& command) const;

    std::map<std::string, std::vector<std::string>, std::less<>> options_;
    std::vector<std::string> operands_;
    std::vector<std::string> command_;
};

/// The word with its option spelled as in the tables: "--colour=auto" of "--color=auto".
[[nodiscard]] std::string spelled_as_in_table(const std::string& word);

/// The verb among all words, and the rest of them in order. Options that stand before the verb are
/// kept for it.
struct VerbAndRest {
    std::string verb;  ///< "" when there is none
    std::vector<std::string> rest;
};
[[nodiscard]] VerbAndRest verb_and_rest(std::span<const std::string> words);

}  // namespace nanotune::cli
