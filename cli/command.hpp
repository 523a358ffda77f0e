// A verb of the command line: its name, its help and options as a table, and what it runs.
#pragma once

#include <span>
#include <string_view>

#include "failure.hpp"

namespace nanotune::cli {

class Context;

/// A row of an option table: what parses it, documents it and completes it.
struct Option {
    std::string_view name;        ///< "set": given as --set
    std::string_view value = {};  ///< "NAME=VALUE"; empty for a flag
    std::string_view help = {};
    char letter = '\0';       ///< 'v': also given as -v
    bool repeatable = false;  ///< may be given more than once
};

/// What stands on the command line besides options.
struct Operands {
    std::string_view usage = {};  ///< "PROFILE|PLAN.json"
    std::size_t least = 0;
    std::size_t most = 0;
};

/// One verb. Rows of a constant table; all views are literals.
struct Command {
    std::string_view name;
    std::string_view help;  ///< one line, without a full stop
    Operands operands = {};
    std::span<const Option> options = {};
    std::string_view details = {};  ///< further paragraphs of the verb's own help
    Ended (*run)(Context&) = nullptr;
    int failure_status = 1;        ///< exit status when the verb itself cannot be carried out
    bool takes_a_command = false;  ///< what follows `--` is a command line
    bool hidden = false;           ///< for nanotune's own use
    bool acts = false;             ///< its status says what it did, whoever can read the report
};

/// Options that every verb takes.
[[nodiscard]] std::span<const Option> common_options();

}  // namespace nanotune::cli
