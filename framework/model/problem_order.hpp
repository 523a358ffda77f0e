// Problems in the order in which an author reads: each message begins with its place.
#pragma once

#include <nanotune/input.hpp>

#include "problems.hpp"

namespace nanotune {

/// The place that the problem's message begins with; line 0 for none.
[[nodiscard]] Origin place_of(const Error& problem);
/// As an author reads: by file, in the order in which files come up, and line.
void sort_by_place(Problems& problems);

}  // namespace nanotune
