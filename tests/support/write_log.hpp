// Keeps a fake host outside the process: every change is one append to a file, so that a host
// outlives a program that is killed while it tunes it.
#pragma once

#include <string>
#include <vector>

#include "support/cells.hpp"

namespace nanotune::test {

/// Replays the log onto the cells. A missing file is an empty log; a torn last entry did not
/// happen.
void replay(const std::string& path, Cells& cells);

/// Appends these cells as they are now, in one write(2). Ends the process if the disk refuses: a
/// test that goes on would lie.
void append(const std::string& path, const Cells& cells, const std::vector<std::string>& changed);

}  // namespace nanotune::test
