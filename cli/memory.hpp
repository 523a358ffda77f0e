// The memory of a command that takes milliseconds.
#pragma once

namespace nanotune::cli {

/// At the start of the program, before it has other threads: no memory of its own for each thread,
/// as one waits while the other works, and what was needed once is kept.
void keep_memory();

/// What a plan for some dozen settings takes is fetched at once, where each page would take a
/// fault. After the plugins were loaded, as each of them sets room aside that it never touches.
void fetch_memory();

}  // namespace nanotune::cli
