// "The threads named rx-* at FIFO 80, one to each of these CPUs": a section [process.NAME] as
// settings of the threads that run now.
#pragma once

#include <nanotune/rule.hpp>

namespace nanotune::process {

/// Derives, for one process: scheduling and CPUs of each thread that a row of `threads` names (the
/// first row that fits wins), those of the section for all other threads, and the memory nodes of
/// the process's cgroup. Spreading one-to-one goes by thread number, lowest first. A row that fits
/// no thread is a pending wish.
class ThreadsRule final : public Rule {
  public:
    using Rule::Rule;

    [[nodiscard]] std::vector<Misfit> misfits(const Settings& said) const override;
    [[nodiscard]] Wishes derive(System& system, const RuleInput& input) const override;
};

}  // namespace nanotune::process
