// What rounds of measurements say, as values for a terminal, a page and programs.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "experiment.hpp"

namespace nanotune::cli::prove {

/// One figure of the samples of a round. Of too few samples a far quantile is only their worst.
struct Figure {
    std::string_view name;
    double percent = 0;
    std::size_t least_samples = 0;  ///< of a round
};
inline constexpr Figure all_figures[] = {
    {.name = "median", .percent = 50, .least_samples = 1},
    {.name = "p99", .percent = 99, .least_samples = 200},
    {.name = "p99.9", .percent = 99.9, .least_samples = 2000},
};

/// What a difference is to the operator.
enum class Effect { same, better, worse };
/// "same", "better", "worse"
[[nodiscard]] std::string_view name_of(Effect effect);

/// One figure under two conditions, over all rounds.
struct Comparison {
    std::string figure;
    double before = 0;  ///< medians of the rounds
    double after = 0;
    Interval difference;                            ///< after - before
    std::vector<std::pair<double, double>> rounds;  ///< before, after

    [[nodiscard]] bool is_difference() const { return difference.excludes_zero(); }
    [[nodiscard]] Effect effect(bool higher_is_better) const;
};

/// One measure under two conditions.
struct Measured {
    std::string name;
    std::string unit;
    std::size_t samples = 0;  ///< the fewest of a round
    std::vector<Comparison> comparisons;
    std::vector<double> before;  ///< of all rounds, sorted
    std::vector<double> after;
};

/// The whole profile (before) and the profile without one of its lines (after).
struct LeftOut {
    std::string part;    ///< "nic.eth1: mtu = 1400"
    std::string origin;  ///< "feed.toml:7"
    std::vector<Measured> measures;
};

/// All that a run of `prove` found.
struct Proof {
    std::string profile;
    std::size_t rounds = 0;
    std::uint64_t seed = 0;
    double confidence = 0.95;  ///< of all comparisons together
    std::size_t comparisons = 0;
    bool higher_is_better = false;
    Report applied;
    std::vector<Measured> measures;
    std::vector<LeftOut> left_out;  ///< what makes the largest difference first
    /// Lines that make no difference to what is applied here, or cannot be left out, and why.
    std::vector<std::pair<std::string, std::string>> not_tried;
    std::vector<std::string> notes;
    std::string at;  ///< when it ended
    std::string host;
    std::string kernel;
};

/// A line of the profile that is left out in one of the conditions.
struct TriedPart {
    std::string part;
    std::string origin;
};

/// The plan's conditions are: before, the profile, and the profile without each of `parts`.
[[nodiscard]] Proof proof_of(const ExperimentPlan& plan, Observations seen,
                             const std::vector<TriedPart>& parts, double confidence);

/// How many of the figures of before and after are better, worse, or neither.
struct Tally {
    std::size_t better = 0;
    std::size_t worse = 0;
    std::size_t same = 0;
};
[[nodiscard]] Tally tally_of(const Proof& proof);

}  // namespace nanotune::cli::prove
