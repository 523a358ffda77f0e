// irqbalance moves interrupts on its own every few seconds. It listens on a socket, where it can be
// told to leave some alone; it forgets that when it restarts.
#pragma once

#include <optional>

#include <nanotune/system.hpp>

namespace nanotune::irq {

/// A running irqbalance.
class Irqbalance {
  public:
    /// The one that runs on this host; nothing where there is none.
    static std::optional<Irqbalance> running(Files& files);

    /// Interrupts that it leaves alone. Errors: conflict where it does not answer.
    [[nodiscard]] Result<CpuSet> banned(System& system) const;
    /// Replaces that set. Errors: conflict where it does not answer, exhausted where the set is
    /// more than it reads.
    [[nodiscard]] Status ban(System& system, const CpuSet& interrupts) const;

  private:
    Irqbalance(std::string process, std::string socket)
        : process_(std::move(process)), socket_(std::move(socket)) {}
    [[nodiscard]] Result<std::string> asked(System& system, const std::string& request) const;

    std::string process_;
    std::string socket_;
};

}  // namespace nanotune::irq
