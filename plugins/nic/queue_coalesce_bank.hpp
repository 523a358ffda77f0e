// How long single queues may hold packets back: the moderation of one queue, where its driver has
// one for each.
#pragma once

#include <nanotune/ethtool_bank.hpp>

namespace nanotune::nic {

/// Rows of queues that receive, and of those that send: `discovery` is the one or the other.
[[nodiscard]] std::span<const EthtoolRow> receive_coalesce_rows();
[[nodiscard]] std::span<const EthtoolRow> transmit_coalesce_rows();

class QueueCoalesceBank final : public Bank {
  public:
    /// `rows` must outlive the bank.
    QueueCoalesceBank(std::span<const EthtoolRow> rows, BankPlace place)
        : Bank(place), rows_(rows) {}

    [[nodiscard]] std::vector<const Tunable*> tunables() const override;
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;

  private:
    [[nodiscard]] const EthtoolRow& row_of(const Tunable& tunable) const;

    std::span<const EthtoolRow> rows_;
};

}  // namespace nanotune::nic
