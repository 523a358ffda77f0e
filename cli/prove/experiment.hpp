// Rounds of measurements: in each, every condition of the host once, in an order drawn by lot.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "interlude.hpp"
#include "measure.hpp"
#include "statistics.hpp"

namespace nanotune::cli::prove {

/// How the host is while it is measured.
struct Condition {
    std::string name;                       ///< "before", "feed", "without nic.eth1.mtu"
    std::optional<ProfileRequest> profile;  ///< nothing: as it is by itself
};

using Conditions = std::vector<Condition>;
using Measures = std::vector<std::unique_ptr<Measure>>;

/// Sorted samples of one round, by measure.
using Slot = std::vector<std::vector<double>>;

/// What was seen. As many slots for each condition as there are rounds.
struct Observations {
    std::vector<std::vector<Slot>> slots;          ///< by condition, then by round
    std::vector<std::vector<std::size_t>> orders;  ///< by round: conditions as they were measured
    Report applied;                                ///< the first condition's that has a profile
    std::vector<std::string> notes;
};

/// What is done how often.
struct ExperimentPlan {
    Conditions conditions;
    Measures measures;
    std::size_t rounds = 0;
    std::uint64_t seed = 0;
    std::chrono::milliseconds settle{0};  ///< after each change, before anything is measured
    ProgressSink progress = {};
    const std::atomic<bool>* stopped = nullptr;
};

/// How the host comes to be as a condition says while `work` runs: interlude(), or a test's.
using Under =
    std::function<std::expected<Applied, Setback>(const ProfileRequest&, std::function<Status()>)>;

/// Runs all of it. The host is as it was before each time that it returns without not_restored.
[[nodiscard]] std::expected<Observations, Setback> observe(const ExperimentPlan& plan,
                                                           const Under& under);

}  // namespace nanotune::cli::prove
