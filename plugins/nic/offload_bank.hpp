// Offloads, and polling by threads, which a veth has only with one of them: what is wanted of both
// is judged together, and written in the order that the kernel wants.
#pragma once

#include <nanotune/file_bank.hpp>

#include "features_bank.hpp"

namespace nanotune::nic {

class OffloadBank final : public Bank {
  public:
    /// `threads` is the row of napi.threaded, and must outlive the bank.
    OffloadBank(std::span<const FileRow> threads, BankPlace place)
        : Bank(place), features_(place), threads_(threads, place) {}

    [[nodiscard]] std::vector<const Tunable*> tunables() const override;
    [[nodiscard]] Result<std::optional<Tunable>> open(std::string_view name) const override {
        return features_.open(name);
    }
    [[nodiscard]] std::vector<Tunable> patterns() const override { return features_.patterns(); }
    [[nodiscard]] std::vector<std::string> open_names(System& system) const override {
        return features_.open_names(system);
    }
    /// Says of polling by threads where there is nothing to poll.
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    /// Threads of a veth begin and end only while it has GRO.
    [[nodiscard]] std::vector<Status> may_hold(
        System& system, const Target& target,
        std::span<const Assignment> assignments) const override;
    /// GRO that goes off comes last.
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;
    [[nodiscard]] Result<Inquiry> witness(System& system, const Target& target,
                                          const Tunable& tunable) const override;

  private:
    [[nodiscard]] const Bank& part_of(const Tunable& tunable) const;
    [[nodiscard]] Status may_thread(System& system, const Target& target,
                                    std::span<const Assignment> assignments, bool wanted) const;

    FeaturesBank features_;
    FileBank threads_;
};

}  // namespace nanotune::nic
