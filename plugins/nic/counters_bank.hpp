// Counters of a NIC, checked: a host that drops packets is not what its profile says.
#pragma once

#include <nanotune/bank.hpp>

namespace nanotune::nic {

/// Declares nothing: "counter.NAME" is one of the kernel's own (rx_dropped, rx_missed_errors) or of
/// the driver's (what `ethtool -S` lists).
class CountersBank final : public Bank {
  public:
    using Bank::Bank;

    [[nodiscard]] std::vector<const Tunable*> tunables() const override { return {}; }
    [[nodiscard]] Result<std::optional<Tunable>> open(std::string_view name) const override;
    [[nodiscard]] std::vector<std::string> open_names(System& system) const override;
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;
};

}  // namespace nanotune::nic
