// What the words of a section [process.NAME] must be among themselves, whatever runs on the host.
#pragma once

#include <vector>

#include <nanotune/rule.hpp>

namespace nanotune::process {

/// A policy without its priority, a priority without a policy, a row of `threads` without a name:
/// of the rows, then of the section.
[[nodiscard]] std::vector<Misfit> misfits_of_words(const Settings& said);

}  // namespace nanotune::process
