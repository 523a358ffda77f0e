// Limits of processes that run, and the words of a section [process.NAME] that ask for them.
#pragma once

#include <span>

#include <nanotune/bank.hpp>
#include <nanotune/rule.hpp>

namespace nanotune::process {

/// Tunables are those of `limit_rows`, targets "process" with "PID:STARTTIME"; every access first
/// makes sure that it is still that process.
class LimitsBank final : public Bank {
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

/// limit.memlock and its like, which an author may say of processes.
[[nodiscard]] std::span<const Tunable> limit_parameters();

/// Derives a wish for each of them. A thread of the kernel's own has no limits.
class LimitsRule final : public Rule {
  public:
    using Rule::Rule;

    [[nodiscard]] Wishes derive(System& system, const RuleInput& input) const override;
};

}  // namespace nanotune::process
