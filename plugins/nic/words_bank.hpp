// Settings that are one text each, which a pair of functions reads from a device and writes to it.
#pragma once

#include <span>

#include <nanotune/bank.hpp>

namespace nanotune::nic {

/// `holds` may be nullptr: the device says nothing of what it takes.
struct WordsRow {
    Tunable tunable;
    Result<std::string> (*read)(System& system, const Target& nic);
    Status (*holds)(System& system, const Target& nic, const std::string& text);
    Status (*write)(System& system, const Target& nic, const std::string& text);
};

class WordsBank final : public Bank {
  public:
    /// `rows` must outlive the bank.
    WordsBank(std::span<const WordsRow> rows, BankPlace place) : Bank(place), rows_(rows) {}

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

  private:
    [[nodiscard]] const WordsRow& row_of(const Tunable& tunable) const;

    std::span<const WordsRow> rows_;
};

}  // namespace nanotune::nic
