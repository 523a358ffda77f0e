// Switches that only one driver has (ethtool's private flags), by the driver's names.
#pragma once

#include "driver_names_bank.hpp"

namespace nanotune::nic {

/// "privflags.NAME". One message for all that are written, which share its fate.
class PrivateFlagsBank final : public DriverNamesBank {
  public:
    explicit PrivateFlagsBank(BankPlace place) : DriverNamesBank("privflags.NAME", place) {}

    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;

  private:
    [[nodiscard]] Tunable tunable_of(std::string_view inner) const override;
    [[nodiscard]] std::vector<std::string> driver_names(System& system,
                                                        const Target& nic) const override;
};

}  // namespace nanotune::nic
