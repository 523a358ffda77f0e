// What the words of usage texts stand for, to be offered.
#pragma once

#include <string_view>

#include "completion.hpp"

namespace nanotune::cli {

/// What stands before `separator`, which is taken off with it.
std::string_view next_part(std::string_view& text, std::string_view separator);

/// All that is offered begins with what is there already.
void put_before(Completion& completion, std::string_view head);

/// "show|check" are themselves, "PROFILE|PATH" stand for what there is.
void add_alternatives(Completion& completion, std::string_view bars,
                      const CompletionSource& source);

/// The same for an option's value, of which `begun` is there: in a list the words that are not in
/// it yet, behind those that are.
void add_value(Completion& completion, std::string_view bars, std::string_view begun,
               const CompletionSource& source);

}  // namespace nanotune::cli
