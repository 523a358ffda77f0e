// Settings that are 32-bit attributes of a network device in rtnetlink.
#pragma once

#include <span>

#include <nanotune/bank.hpp>

namespace nanotune {

/// `attribute` is an IFLA_* constant of linux/if_link.h, and so are those with the least and the
/// most that the device takes; 0 where there is none. The kernel says 0 for no limit.
struct LinkRow {
    Tunable tunable;
    std::uint16_t attribute;
    std::uint16_t minimum = 0;
    std::uint16_t maximum = 0;
    /// What else the device asks of the number; nullptr for nothing. Errors: unsupported.
    Status (*holds)(System& system, const Link& link, std::uint32_t number) = nullptr;
};

class LinkBank final : public Bank {
  public:
    /// `rows` must outlive the bank.
    LinkBank(std::span<const LinkRow> rows, BankPlace place) : Bank(place), rows_(rows) {}

    [[nodiscard]] std::vector<const Tunable*> tunables() const override;
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    [[nodiscard]] std::vector<Status> may_hold(
        System& system, const Target& target,
        std::span<const Assignment> assignments) const override;
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;
    /// What `ip -details link` prints behind the row's label, or the tunable's own name.
    [[nodiscard]] Result<Inquiry> witness(System& system, const Target& target,
                                          const Tunable& tunable) const override;

  private:
    [[nodiscard]] const LinkRow& row_of(const Tunable& tunable) const;

    std::span<const LinkRow> rows_;
};

}  // namespace nanotune
