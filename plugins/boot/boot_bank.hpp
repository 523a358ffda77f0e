// Parameters on the command line of the running kernel: read and compared, never written.
#pragma once

#include <cstddef>
#include <span>

#include <nanotune/bank.hpp>
#include <nanotune/command_line.hpp>

namespace nanotune::boot {

/// `in_force` is a file in which the kernel says what it made of the parameter, where there is one.
struct BootRow {
    Tunable tunable;
    RowText in_force = {};
};

template <typename With>
constexpr void each_text(BootRow& row, std::size_t at, const With& with) {
    each_text(row.tunable, at + offsetof(BootRow, tunable), with);
    with(row.in_force, at + offsetof(BootRow, in_force));
}

/// A parameter that is missing reads as false, as no CPUs, or as an empty text. Texts are compared
/// as they stand; of a parameter that is given twice the last one counts. Of isolcpus the list is
/// `isolcpus` and the rest `isolcpus_flags`; `hugepagesz` and `hugepages` are all of them in order.
class BootBank final : public Bank {
  public:
    /// `rows` must outlive the bank.
    BootBank(std::span<const BootRow> rows, BankPlace place) : Bank(place), rows_(rows) {}

    [[nodiscard]] std::vector<const Tunable*> tunables() const override;
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;

  private:
    [[nodiscard]] Result<Reading> reading(Files& files, const CommandLine& line,
                                          const Tunable& tunable) const;

    std::span<const BootRow> rows_;
};

}  // namespace nanotune::boot
