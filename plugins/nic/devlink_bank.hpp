// Parameters that a driver has by devlink: written where they take effect at once, otherwise
// checked.
#pragma once

#include "driver_names_bank.hpp"

namespace nanotune::nic {

/// "devlink.NAME" is the value at run time, "devlink.NAME.driverinit" and
/// "devlink.NAME.permanent" those that a reload and a reboot bring into force.
class DevlinkBank final : public DriverNamesBank {
  public:
    explicit DevlinkBank(BankPlace place) : DriverNamesBank("devlink.NAME", place) {}

    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    /// What type the device says that the parameter has.
    [[nodiscard]] std::vector<Status> may_hold(
        System& system, const Target& target,
        std::span<const Assignment> assignments) const override;
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Result<Inquiry> witness(System& system, const Target& target,
                                          const Tunable& tunable) const override;

  private:
    [[nodiscard]] Tunable tunable_of(std::string_view inner) const override;
    [[nodiscard]] std::vector<std::string> driver_names(System& system,
                                                        const Target& nic) const override;
};

}  // namespace nanotune::nic
