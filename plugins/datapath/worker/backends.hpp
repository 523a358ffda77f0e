// The runners of each kind of backend.
#pragma once

#include <string_view>

#include "datapath/ports/go_home.hpp"
#include "options.hpp"
#include "runner.hpp"
#include "shared.hpp"

namespace nanotune::datapath {

/// How many workers are wanted: one a CPU.
[[nodiscard]] std::size_t most_workers(const WorkerOptions& options);

/// To the CPU of each worker, where it has one.
[[nodiscard]] GoHome home_of_workers(const WorkerOptions& options);

/// How it works, for people.
void note(Shared& shared, std::string_view how);

// As opened_runners, of what the options name.
[[nodiscard]] Result<Runners> udp_runners(const WorkerOptions& options, Shared& shared);
[[nodiscard]] Result<Runners> tcp_runners(const WorkerOptions& options, Shared& shared);
/// Connections of others, beside the kernel's stack: by packet sockets, and by XDP.
[[nodiscard]] Result<Runners> tracked_runners(const WorkerOptions& options, Shared& shared);
[[nodiscard]] Result<Runners> tapped_runners(const WorkerOptions& options, Shared& shared);
/// Past the kernel's stack: packet and af_xdp.
[[nodiscard]] Result<Runners> frame_runners(const WorkerOptions& options, Shared& shared);

}  // namespace nanotune::datapath
