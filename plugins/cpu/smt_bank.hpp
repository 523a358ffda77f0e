// Whether the hardware threads of a core run. The kernel's third word, forceoff, is off until the
// next boot.
#pragma once

#include <nanotune/file_bank.hpp>

namespace nanotune::cpu {

class SmtBank final : public Bank {
  public:
    /// `rows` must outlive the bank.
    SmtBank(std::span<const FileRow> rows, BankPlace place) : Bank(place), file_(rows, place) {}

    [[nodiscard]] std::vector<const Tunable*> tunables() const override { return file_.tunables(); }
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    /// Errors: unsupported where it was forced off.
    [[nodiscard]] std::vector<Status> may_hold(
        System& system, const Target& target,
        std::span<const Assignment> assignments) const override;
    [[nodiscard]] std::vector<Status> write(
        System& system, const Target& target,
        std::span<const Assignment> assignments) const override {
        return file_.write(system, target, assignments);
    }
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override {
        return file_.may_write(system, target, tunable);
    }
    [[nodiscard]] Result<Inquiry> witness(System& system, const Target& target,
                                          const Tunable& tunable) const override {
        return file_.witness(system, target, tunable);
    }

  private:
    FileBank file_;
};

}  // namespace nanotune::cpu
