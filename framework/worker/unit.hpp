// A keeper as a unit of systemd's: what a service starts ends with it, and works in its sandbox.
// Who is in none keeps its worker in a session of its own.
#pragma once

#include <string>
#include <string_view>

#include <nanotune/error.hpp>

namespace nanotune::worker {

/// Whether systemd runs this process as a part of a service, in the network namespace that units
/// have without being told otherwise.
[[nodiscard]] bool is_in_service();

/// Whether a process with this /proc/PID/cgroup is part of a service.
[[nodiscard]] bool names_service(std::string_view cgroups);

/// "nanotune-worker@NAME.service", of the folder of that name.
[[nodiscard]] std::string unit_of(std::string_view folder);

/// Has systemd start the unit that keeps this folder's worker, which is this very program, with
/// this process's standard output; waits until the worker works. It is killed as a whole, and
/// started again by systemd where its keeper was killed, up to 5 times in a minute. Errors: what
/// systemd says; busy: there is a unit of that name; timed_out. Source:
/// org.freedesktop.systemd1(5), StartTransientUnit; systemd-run(1) does the same.
[[nodiscard]] Status keep_as_unit(const std::string& folder);

}  // namespace nanotune::worker
