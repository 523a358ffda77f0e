#include "experiment.hpp"

#include <algorithm>
#include <thread>

#include <fmt/core.h>

namespace nanotune::cli::prove {

namespace {

class Run {
  public:
    Run(const ExperimentPlan& plan, const Under& under) : plan_(plan), under_(under) {
        seen_.slots.resize(plan.conditions.size());
        for (auto& slots : seen_.slots) {
            slots.resize(plan.rounds);
        }
    }

    std::expected<Observations, Setback> run() {
        Lot lot(plan_.seed);
        for (round_ = 0; round_ < plan_.rounds; ++round_) {
            seen_.orders.push_back(lot.order(plan_.conditions.size()));
            for (const std::size_t condition : seen_.orders.back()) {
                if (auto setback = visit(condition)) {
                    setback->exit =
                        has_changed_ ? worse(setback->exit, Exit::rolled_back) : setback->exit;
                    return std::unexpected(std::move(*setback));
                }
                ++done_;
            }
        }
        return std::move(seen_);
    }

  private:
    std::optional<Setback> visit(std::size_t number) {
        const Condition& condition = plan_.conditions[number];
        say(condition.name);
        const auto work = [this, number] { return measure(seen_.slots[number][round_]); };
        if (!condition.profile) {
            const Status measured = work();
            return measured ? std::nullopt : std::optional(Setback{.problems = {measured.error()}});
        }
        auto applied = under_(*condition.profile, work);
        if (!applied) {
            return std::move(applied).error();
        }
        has_changed_ = has_changed_ || applied->apply.changed;
        note(condition, *applied);
        const auto first = std::ranges::find_if(
            plan_.conditions, [](const Condition& one) { return one.profile.has_value(); });
        if (&condition == &*first) {
            seen_.applied = std::move(applied->apply);
        }
        return std::nullopt;
    }

    Status measure(Slot& slot) {
        static const std::atomic<bool> never{false};
        const std::atomic<bool>& stop = plan_.stopped == nullptr ? never : *plan_.stopped;
        if (plan_.settle.count() > 0) {
            std::this_thread::sleep_for(plan_.settle);
        }
        for (const auto& one : plan_.measures) {
            if (stop.load()) {
                return stopped();
            }
            NT_TRY(std::vector<double> samples, one->samples(stop));
            if (samples.size() > most_samples) {
                return failure(ErrorCode::invalid,
                               fmt::format("{}: more than {} samples in one round", one->name(),
                                           most_samples));
            }
            std::ranges::sort(samples);
            slot.push_back(std::move(samples));
        }
        return {};
    }

    void note(const Condition& condition, const Applied& applied) {
        for (const Row& row : applied.overridden) {
            seen_.notes.push_back(
                fmt::format("round {}: somebody else changed {} on {} while {} was measured, and "
                            "it was left so",
                            round_ + 1, row.setting, row.target.text(), condition.name));
        }
    }

    void say(const std::string& name) const {
        if (plan_.progress) {
            plan_.progress({.doing = fmt::format("round {}: {}", round_ + 1, name),
                            .done = done_,
                            .total = plan_.rounds * plan_.conditions.size()});
        }
    }

    const ExperimentPlan& plan_;
    const Under& under_;
    Observations seen_;
    std::size_t round_ = 0;
    std::size_t done_ = 0;
    bool has_changed_ = false;
};

}  // namespace

std::expected<Observations, Setback> observe(const ExperimentPlan& plan, const Under& under) {
    return Run(plan, under).run();
}

}  // namespace nanotune::cli::prove
