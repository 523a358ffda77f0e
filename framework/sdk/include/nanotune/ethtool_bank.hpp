// Settings that are numeric attributes of one ethtool netlink message, read and written in one
// exchange.
#pragma once

#include <span>
#include <utility>

#include <nanotune/bank.hpp>

namespace nanotune {

/// `attribute` is an ETHTOOL_A_* constant, `width` the bytes of its payload (1 for flags).
struct EthtoolRow {
    Tunable tunable;
    std::uint16_t attribute;
    std::uint8_t width = 4;
    /// The attribute of the same message with the most that the device takes; 0 where there is
    /// none.
    std::uint16_t maximum = 0;
};

/// The two commands of a group: ETHTOOL_MSG_COALESCE_GET and ETHTOOL_MSG_COALESCE_SET.
struct EthtoolGroup {
    std::uint8_t get;
    std::uint8_t set;
    /// What the kernel asks of the numbers together, as they would be after a write; nullptr for
    /// nothing. Errors: unsupported.
    Status (*together)(System& system, const std::string& device, const EthtoolNumbers& now,
                       const EthtoolNumbers& after) = nullptr;
    /// Makes way for a write, which the kernel would refuse otherwise; nullptr where nothing stands
    /// in it. What it changes is among what the rows reset. Errors: the write's.
    Status (*make_way)(System& system, const std::string& device,
                       const EthtoolNumbers& after) = nullptr;
    /// The command that prints the group, and its heading; the rows have the labels.
    Witness witness = {};
};

class EthtoolBank final : public Bank {
  public:
    /// `rows` must outlive the bank.
    EthtoolBank(EthtoolGroup group, std::span<const EthtoolRow> rows, BankPlace place)
        : Bank(place), group_(std::move(group)), rows_(rows) {}

    [[nodiscard]] std::vector<const Tunable*> tunables() const override;
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    [[nodiscard]] std::vector<Status> may_hold(
        System& system, const Target& target,
        std::span<const Assignment> assignments) const override;
    /// One message, whose fate all assignments share; but where the driver does not have all of
    /// them, one each, so that it has the others.
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;
    /// The group's command and heading with the row's label.
    [[nodiscard]] Result<Inquiry> witness(System& system, const Target& target,
                                          const Tunable& tunable) const override;

  private:
    [[nodiscard]] const EthtoolRow& row_of(const Tunable& tunable) const;
    [[nodiscard]] Status send(System& system, const Target& target,
                              std::span<const Assignment> assignments) const;
    [[nodiscard]] Status make_way(System& system, const std::string& device,
                                  const EthtoolNumbers& numbers) const;

    EthtoolGroup group_;
    std::span<const EthtoolRow> rows_;
};

}  // namespace nanotune
