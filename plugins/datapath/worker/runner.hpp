// A processor on a port, ready to run: the one place where a backend is more than a type.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include <nanotune/error.hpp>

#include "datapath/ports/usage.hpp"
#include "options.hpp"
#include "shared.hpp"

namespace nanotune::datapath {

class Runner {
  public:
    virtual ~Runner() = default;
    /// Takes packets until `stop` is set, without ever waiting unless it `sleeps`.
    virtual void run(const std::atomic<bool>& stop) noexcept = 0;
    /// Whether it sleeps instead, as somebody else takes the packets.
    [[nodiscard]] virtual bool sleeps() const noexcept { return false; }
    /// Of its port. By any thread.
    [[nodiscard]] virtual Usage usage() const noexcept = 0;
    /// Counts up as a call of somebody else's logic begins and as it ends: odd within one; 0 where
    /// the logic is ours. By any thread.
    [[nodiscard]] virtual std::uint64_t strategy_calls() const noexcept { return 0; }
    /// Has done what has time, ten times a second. By one thread, another than the one that runs
    /// it.
    virtual void look_after() noexcept {}
    /// Whether what brings it packets is there as it was opened. By any thread; needs no rights.
    /// Errors: conflict.
    [[nodiscard]] virtual Status stands() const { return {}; }
};

/// One for each worker that there is something to do for: at most as many as CPUs are given.
using Runners = std::vector<std::unique_ptr<Runner>>;

/// Opens what the options ask for, each from the CPU that it will run on, so that its memory is
/// near. Packets are taken from then on, by the kernel at first. What is shared outlives it; who
/// serves what is said there. Errors: as the ports'; conflict where nobody would serve a queue.
[[nodiscard]] Result<Runners> opened_runners(const WorkerOptions& options, Shared& shared);

}  // namespace nanotune::datapath
