// Files of /proc/sys by their names: documented ones from a table, and every other that the host
// has.
#pragma once

#include <span>

#include <nanotune/bank.hpp>

namespace nanotune::sysctl {

class SysctlBank final : public Bank {
  public:
    /// `known` are full names, `families` names with a "*" for one component ("the interface").
    /// Both must outlive the bank.
    SysctlBank(std::span<const Tunable> known, std::span<const Tunable> families, BankPlace place)
        : Bank(place), known_(known), families_(families) {}

    [[nodiscard]] std::vector<const Tunable*> tunables() const override;
    /// A name outside of the table is text without documentation. Errors: refused for files that
    /// are no settings, and for a name that is not in its one spelling.
    [[nodiscard]] Result<std::optional<Tunable>> open(std::string_view name) const override;
    [[nodiscard]] std::vector<Tunable> patterns() const override;
    [[nodiscard]] std::string device_in(const Tunable& tunable) const override;
    [[nodiscard]] std::string name_for(const Tunable& tunable,
                                       std::string_view device) const override;
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] std::vector<Status> may_hold(
        System& system, const Target& target,
        std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;
    [[nodiscard]] Result<Inquiry> witness(System& system, const Target& target,
                                          const Tunable& tunable) const override;

  private:
    std::span<const Tunable> known_;
    std::span<const Tunable> families_;
};

}  // namespace nanotune::sysctl
