// Who looks after a worker: starts it, says how its start went, starts it again when it ends, and
// records how it ended.
#pragma once

#include <string>

namespace nanotune::worker {

/// What `keep` is told.
struct Keeping {
    std::string folder;    ///< a WorkerFolder
    bool is_anew = true;   ///< false: with the memory of the last one, switches as they are there
    bool is_unit = false;  ///< systemd runs it: anew only where nothing is left of another one
};

/// Becomes nobody's child, and returns once the worker is over: the exit status. In a service of
/// systemd, whose end it would not survive, it has systemd run it as a unit of its own instead, and
/// returns once that works or does not; as that unit it stays whose child it is. The first line on
/// the standard output is "ready", or why the worker could not start; then the output is closed.
/// The worker is this very program, called with "run", "--shared FILE", and "--NAME VALUE" for each
/// of the folder's settings but those that are its keeper's; it prints a line that begins with
/// "ready" once it works. SIGTERM ends both; should the keeper be killed, the kernel kills the
/// worker.
[[nodiscard]] int keep(const Keeping& keeping);

}  // namespace nanotune::worker
