// Whether the hardware threads of a core run. The kernel's third word, forceoff, is off until the
// next boot.
#pragma once

#include <nanotune/file_bank.hpp>

namespace nanotune::cpu {

class SmtBank final : public FileBank {
  public:
    using FileBank::FileBank;

    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    /// Errors: unsupported where it was forced off.
    [[nodiscard]] std::vector<Status> may_hold(
        System& system, const Target& target,
        std::span<const Assignment> assignments) const override;
};

}  // namespace nanotune::cpu
