// Counters of a NIC, checked: a host that drops packets is not what its profile says.
#pragma once

#include "driver_names_bank.hpp"

namespace nanotune::nic {

/// "counter.NAME" is one of the kernel's own (rx_dropped, rx_missed_errors) or of
/// the driver's (what `ethtool -S` lists).
class CountersBank final : public DriverNamesBank {
  public:
    explicit CountersBank(BankPlace place) : DriverNamesBank("counter.NAME", place) {}

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
