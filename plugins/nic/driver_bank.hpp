// What a driver was loaded with: checked, as only loading it again changes it.
#pragma once

#include "driver_names_bank.hpp"

namespace nanotune::nic {

/// "driver.NAME" is a parameter of the module that drives the NIC.
class DriverBank final : public DriverNamesBank {
  public:
    explicit DriverBank(BankPlace place) : DriverNamesBank("driver.NAME", place) {}

    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;

  private:
    [[nodiscard]] Tunable tunable_of(std::string_view inner) const override;
    [[nodiscard]] std::vector<std::string> driver_names(System& system,
                                                        const Target& nic) const override;
};

}  // namespace nanotune::nic
