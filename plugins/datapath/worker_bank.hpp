// Settings of workers of our own. A datapath is what they say of it: it is there once it has an
// address to listen to.
#pragma once

#include <span>
#include <string_view>

#include <nanotune/bank.hpp>
#include <nanotune/starting.hpp>

namespace nanotune::datapath {

/// One setting. Its name is the worker's option.
struct WorkerRow {
    Tunable tunable;
    /// What it is, in the kernel's spelling, where nobody said anything.
    std::string_view otherwise = {};
    bool is_live = false;  ///< changes while it runs, from one packet to the next at most
};

/// Target "datapath" for each worker that was started, running or not. Facts: name; holds, the
/// device of one that runs past the kernel's stack.
Result<std::vector<Candidate>> datapaths(System& system);

/// Written together: what changes while the worker runs is changed so, anything else starts it
/// anew, but for one that somebody has stopped, unless its address is among it. A worker that does
/// not run listens to nothing; what was asked of it stays known, and is `requested`. Settings as
/// they are of themselves are a datapath that is not there.
class WorkerBank final : public Bank, public StartsAnyway {
  public:
    /// `rows` must outlive the bank. One is called "listen", and one "start".
    WorkerBank(std::span<const WorkerRow> rows, BankPlace place) : Bank(place), rows_(rows) {}

    [[nodiscard]] std::vector<const Tunable*> tunables() const override;
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    [[nodiscard]] std::vector<Status> may_hold(
        System& system, const Target& target,
        std::span<const Assignment> assignments) const override;
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status pause(System& system, const Target& target) const override;
    [[nodiscard]] bool starts_anyway(std::span<const Assignment> wanted) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;
    /// No other program knows a worker of nanotune's.
    [[nodiscard]] Result<Inquiry> witness(System& system, const Target& target,
                                          const Tunable& tunable) const override;

  private:
    [[nodiscard]] const WorkerRow& row_of(const Tunable& tunable) const;
    [[nodiscard]] static Result<Reading> reading(const Worker& worker, const WorkerRow& row);
    [[nodiscard]] std::size_t first_that_changes(System& system, const Target& target,
                                                 std::span<const Assignment> assignments,
                                                 std::size_t best) const;
    [[nodiscard]] Result<WorkerSettings> settings_with(
        System& system, const Target& target, std::span<const Assignment> assignments) const;
    [[nodiscard]] static Status started(System& system, const std::string& name,
                                        const WorkerSettings& settings, const Worker& until_now);
    [[nodiscard]] Status written(System& system, const Target& target,
                                 std::span<const Assignment> assignments) const;

    std::span<const WorkerRow> rows_;
};

}  // namespace nanotune::datapath
