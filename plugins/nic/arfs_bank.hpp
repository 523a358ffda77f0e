// Whether a NIC can take each flow to the CPU of the application that reads it (aRFS). It takes
// three settings of two plugins, and the kernel says of none of them that another one is missing.
#pragma once

#include <nanotune/bank.hpp>

namespace nanotune::nic {

/// "arfs.ready", checked: true where steering rules are on, each queue has room for flows, and the
/// kernel remembers which CPU reads a socket. What is missing is the reading's note.
class ArfsBank final : public Bank {
  public:
    using Bank::Bank;

    [[nodiscard]] std::vector<const Tunable*> tunables() const override;
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;
};

}  // namespace nanotune::nic
