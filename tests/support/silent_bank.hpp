// A bank that declares settings and does nothing with them, for tests of declarations.
#pragma once

#include <span>
#include <vector>

#include <nanotune/bank.hpp>

namespace nanotune::test {

class SilentBank : public Bank {
  public:
    /// The rows must outlive it.
    explicit SilentBank(std::span<const Tunable> rows = {}, BankPlace place = {})
        : Bank(place), rows_(rows) {}
    [[nodiscard]] std::vector<const Tunable*> tunables() const override {
        std::vector<const Tunable*> all;
        for (const Tunable& row : rows_) {
            all.push_back(&row);
        }
        return all;
    }
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& /*system*/, const Target& /*target*/,
        std::span<const Tunable* const> /*wanted*/) const override {
        return {};
    }
    [[nodiscard]] std::vector<Status> write(
        System& /*system*/, const Target& /*target*/,
        std::span<const Assignment> /*assignments*/) const override {
        return {};
    }
    [[nodiscard]] Status may_write(System& /*system*/, const Target& /*target*/,
                                   const Tunable& /*tunable*/) const override {
        return {};
    }

  private:
    std::span<const Tunable> rows_;
};

}  // namespace nanotune::test
