// Scheduling, affinity and timer slack of threads.
#pragma once

#include <span>

#include <nanotune/bank.hpp>

namespace nanotune::process {

/// A tunable of a thread: a cpus domain is its affinity, a text its scheduling ("fifo:80"), a
/// number the slack of its timers. Targets are "thread" with "PID/TID:STARTTIME"; every access
/// first makes sure that it is still that thread.
class SchedulingBank final : public Bank {
  public:
    /// `tunables` must outlive the bank.
    SchedulingBank(std::span<const Tunable> tunables, BankPlace place)
        : Bank(place), tunables_(tunables) {}

    [[nodiscard]] std::vector<const Tunable*> tunables() const override;
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;

  private:
    std::span<const Tunable> tunables_;
};

}  // namespace nanotune::process
