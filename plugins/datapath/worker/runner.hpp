// A processor on a port, ready to run: the one place where a backend is more than a type.
#pragma once

#include <atomic>
#include <memory>

#include <nanotune/error.hpp>

#include "options.hpp"
#include "shared.hpp"

namespace nanotune::datapath {

class Runner {
  public:
    virtual ~Runner() = default;
    /// Takes packets until `stop` is set, without ever waiting.
    virtual void run(const std::atomic<bool>& stop) noexcept = 0;
};

/// Opens what the options ask for. Packets are taken from then on, by the kernel at first. What is
/// shared outlives it. Errors: as the ports'.
[[nodiscard]] Result<std::unique_ptr<Runner>> opened_runner(const WorkerOptions& options,
                                                            Shared& shared);

}  // namespace nanotune::datapath
