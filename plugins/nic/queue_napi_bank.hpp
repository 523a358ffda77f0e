// When the NAPI instance of a single queue polls by itself.
#pragma once

#include <nanotune/bank.hpp>

namespace nanotune::nic {

/// By netdev netlink since Linux 6.13. On older kernels a device with one receiving queue has them
/// in sysfs, and one with more has them for all queues together only.
class QueueNapiBank final : public Bank {
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
