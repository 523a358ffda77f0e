// To which queue a NIC's hash sends a flow (RSS): the table, the key and the function.
#pragma once

#include <nanotune/bank.hpp>

namespace nanotune::nic {

class ReceiveHashBank final : public Bank {
  public:
    using Bank::Bank;

    [[nodiscard]] std::vector<const Tunable*> tunables() const override;
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    /// What the device tells: its queues, the sizes of table and key.
    [[nodiscard]] std::vector<Status> may_hold(
        System& system, const Target& target,
        std::span<const Assignment> assignments) const override;
    /// One request; all assignments share its fate.
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;
};

/// "6d 5a" as "6d:5a"; colons may be left out. Errors: invalid.
[[nodiscard]] Result<std::string> normal_key(std::string_view text);

/// Takes the table of somebody's own away where it sends to queues that would be no more, as the
/// kernel wants it: the kernel's own takes its place.
[[nodiscard]] Status free_queues(System& system, const std::string& device,
                                 const EthtoolNumbers& channels);

}  // namespace nanotune::nic
