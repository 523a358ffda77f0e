// One command line from its words to its exit status.
#pragma once

#include <string>
#include <vector>

#include "screen.hpp"
#include "surroundings.hpp"

namespace nanotune::cli {

/// Finds the verb, parses its options, runs it, prints what kept it from running. `words` are
/// without the program's name. Returns the exit status.
[[nodiscard]] int run(const std::vector<std::string>& words, const Surroundings& surroundings,
                      const Screen& screen, const ServiceSource& source);

}  // namespace nanotune::cli
