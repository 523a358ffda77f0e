// Which multicast packets a NIC takes: checked, as programs join groups and drivers fill filters.
#pragma once

#include <nanotune/bank.hpp>

namespace nanotune::nic {

/// Declares "multicast.all". "multicast.groups" is how many addresses stand in the device's filter,
/// "multicast.239.1.1.1" whether somebody has joined that group on it.
class MulticastBank final : public Bank {
  public:
    using Bank::Bank;

    [[nodiscard]] std::vector<const Tunable*> tunables() const override;
    [[nodiscard]] Result<std::optional<Tunable>> open(std::string_view name) const override;
    [[nodiscard]] std::vector<Tunable> patterns() const override;
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
