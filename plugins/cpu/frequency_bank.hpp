// Frequency policies. Which governors one can have is more than its list of them says: the kernel
// loads the module of another, but for a driver that has governors of its own.
#pragma once

#include <nanotune/file_bank.hpp>

namespace nanotune::cpu {

class FrequencyBank final : public FileBank {
  public:
    using FileBank::FileBank;

    /// Errors: unsupported, saying which governors there are.
    [[nodiscard]] std::vector<Status> may_hold(
        System& system, const Target& target,
        std::span<const Assignment> assignments) const override;
};

}  // namespace nanotune::cpu
