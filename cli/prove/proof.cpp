#include "proof.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace nanotune::cli::prove {

namespace {

std::vector<Figure> figures_of(std::size_t samples) {
    std::vector<Figure> figures;
    std::ranges::copy_if(all_figures, std::back_inserter(figures),
                         [samples](const Figure& one) { return samples >= one.least_samples; });
    return figures;
}

double median_of(std::vector<double> values) {
    std::ranges::sort(values);
    return quantile_of(values, 50);
}

/// The same for all conditions, so that which figures there are favours none of them.
std::size_t fewest_samples(const Observations& seen, std::size_t measure) {
    std::size_t fewest = most_samples;
    for (const auto& slots : seen.slots) {
        for (const Slot& slot : slots) {
            fewest = std::min(fewest, slot[measure].size());
        }
    }
    return fewest;
}

class Analysis {
  public:
    Analysis(const ExperimentPlan& plan, const Observations& seen, double error)
        : plan_(plan), seen_(seen) {
        for (std::size_t measure = 0; measure < plan.measures.size(); ++measure) {
            samples_.push_back(fewest_samples(seen, measure));
            figures_ += figures_of(samples_.back()).size();
        }
        // Bonferroni's: whatever the figures have to do with one another.
        error_ = error / static_cast<double>(comparisons());
    }

    [[nodiscard]] std::size_t comparisons() const {
        return figures_ * (plan_.conditions.size() - 1);
    }

    [[nodiscard]] std::vector<Measured> compared(std::size_t before, std::size_t after) const {
        std::vector<Measured> all;
        for (std::size_t measure = 0; measure < plan_.measures.size(); ++measure) {
            Measured measured{.name = plan_.measures[measure]->name(),
                              .unit = plan_.measures[measure]->unit(),
                              .samples = samples_[measure],
                              .comparisons = {},
                              .before = pooled(before, measure),
                              .after = pooled(after, measure)};
            for (const Figure& figure : figures_of(samples_[measure])) {
                measured.comparisons.push_back(compared(figure, measure, before, after));
            }
            all.push_back(std::move(measured));
        }
        return all;
    }

  private:
    [[nodiscard]] Comparison compared(const Figure& figure, std::size_t measure, std::size_t before,
                                      std::size_t after) const {
        Comparison comparison{.figure = std::string(figure.name), .difference = {}, .rounds = {}};
        std::vector<double> befores;
        std::vector<double> afters;
        std::vector<double> differences;
        for (std::size_t round = 0; round < plan_.rounds; ++round) {
            befores.push_back(quantile_of(seen_.slots[before][round][measure], figure.percent));
            afters.push_back(quantile_of(seen_.slots[after][round][measure], figure.percent));
            differences.push_back(afters.back() - befores.back());
            comparison.rounds.emplace_back(befores.back(), afters.back());
        }
        comparison.before = median_of(std::move(befores));
        comparison.after = median_of(std::move(afters));
        comparison.difference = interval_of(differences, error_);
        return comparison;
    }

    [[nodiscard]] std::vector<double> pooled(std::size_t condition, std::size_t measure) const {
        std::vector<double> all;
        for (const Slot& slot : seen_.slots[condition]) {
            all.insert(all.end(), slot[measure].begin(), slot[measure].end());
        }
        std::ranges::sort(all);
        return all;
    }

    const ExperimentPlan& plan_;
    const Observations& seen_;
    std::vector<std::size_t> samples_;  ///< by measure
    std::size_t figures_ = 0;
    double error_ = 0;  ///< of one comparison
};

/// The largest difference that was found, by what it is a part of; 0 for none.
double weight_of(const LeftOut& one) {
    double most = 0;
    for (const Measured& measured : one.measures) {
        for (const Comparison& comparison : measured.comparisons) {
            if (comparison.is_difference()) {
                const double whole = std::max(std::abs(comparison.before), 1e-9);
                most = std::max(most, std::abs(comparison.difference.estimate) / whole);
            }
        }
    }
    return most;
}

}  // namespace

Proof proof_of(const ExperimentPlan& plan, Observations seen, const std::vector<TriedPart>& parts,
               double confidence) {
    const Analysis analysis(plan, seen, 1 - confidence);
    Proof proof;
    proof.profile = plan.conditions[1].name;
    proof.rounds = plan.rounds;
    proof.seed = plan.seed;
    proof.confidence = confidence;
    proof.comparisons = analysis.comparisons();
    proof.measures = analysis.compared(0, 1);
    for (std::size_t part = 0; part < parts.size(); ++part) {
        proof.left_out.push_back({.part = parts[part].part,
                                  .origin = parts[part].origin,
                                  .measures = analysis.compared(1, part + 2)});
    }
    std::ranges::stable_sort(proof.left_out, std::ranges::greater(), weight_of);
    proof.applied = std::move(seen.applied);
    proof.notes = std::move(seen.notes);
    return proof;
}

std::string_view name_of(Effect effect) {
    return effect == Effect::better ? "better" : effect == Effect::worse ? "worse" : "same";
}

Effect Comparison::effect(bool higher_is_better) const {
    if (!is_difference()) {
        return Effect::same;
    }
    return (difference.low > 0) == higher_is_better ? Effect::better : Effect::worse;
}

Tally tally_of(const Proof& proof) {
    Tally tally;
    for (const Measured& measured : proof.measures) {
        for (const Comparison& comparison : measured.comparisons) {
            const Effect effect = comparison.effect(proof.higher_is_better);
            tally.better += effect == Effect::better ? 1 : 0;
            tally.worse += effect == Effect::worse ? 1 : 0;
            tally.same += effect == Effect::same ? 1 : 0;
        }
    }
    return tally;
}

}  // namespace nanotune::cli::prove
