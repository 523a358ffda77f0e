// Distributions as inline SVG: no script, nothing fetched, colours by the page's classes.
#pragma once

#include <string>
#include <vector>

#include "proof.hpp"

namespace nanotune::cli::prove {

/// Where values stand between 0 and 1: by their logarithm where they span more than a factor of 8
/// and are all positive, evenly otherwise.
class Scale {
  public:
    Scale(double low, double high);
    [[nodiscard]] double at(double value) const;
    /// Round numbers within, in order; two at least where there are so many.
    [[nodiscard]] std::vector<double> ticks() const;
    [[nodiscard]] bool is_logarithmic() const { return is_logarithmic_; }

  private:
    double low_;
    double high_;
    bool is_logarithmic_;
};

/// How many samples are how large, under both conditions.
[[nodiscard]] std::string histogram(const Measured& measured);
/// The value that so many percent of the samples do not exceed, up to the rarest.
[[nodiscard]] std::string percentiles(const Measured& measured);
/// The first figure of each round, under both conditions.
[[nodiscard]] std::string rounds_plot(const Measured& measured);

/// One interval, in percent of what it is a difference of.
struct Bar {
    std::string label;
    Interval percent;
    Effect effect = Effect::same;
};
/// One below the other, on one scale, with a line at zero.
[[nodiscard]] std::string intervals(const std::vector<Bar>& bars);

}  // namespace nanotune::cli::prove
