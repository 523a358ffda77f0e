// Parameters that a driver has by devlink: written where they take effect at once, otherwise
// checked.
#pragma once

#include <nanotune/bank.hpp>

namespace nanotune::nic {

/// Declares nothing: "devlink.NAME" is the value at run time, "devlink.NAME.driverinit" and
/// "devlink.NAME.permanent" those that a reload and a reboot bring into force.
class DevlinkBank final : public Bank {
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
    [[nodiscard]] Result<Inquiry> witness(System& system, const Target& target,
                                          const Tunable& tunable) const override;
};

}  // namespace nanotune::nic
