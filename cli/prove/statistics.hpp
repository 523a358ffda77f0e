// Whether two series of rounds differ, and by how much, without believing anything about how their
// noise is distributed.
//
// In each round the conditions are measured in an order drawn by lot. Where a profile makes no
// difference, the sign of each round's difference is then that of a fair coin, whatever drifts and
// however heavy the tails are. Wilcoxon's signed ranks count on that alone: their distribution is
// known exactly, and the interval made of it (Hodges and Lehmann's, of the means of all pairs of
// differences) errs as often as it says, or less. F. Wilcoxon, Biometrics Bulletin 1 (1945) 80; J.
// L. Hodges, E. L. Lehmann, Annals of Mathematical Statistics 34 (1963) 598.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nanotune::cli::prove {

/// By how much something differs, and between which bounds that is known.
struct Interval {
    double estimate = 0;
    double low = 0;
    double high = 0;

    [[nodiscard]] bool excludes_zero() const { return low > 0 || high < 0; }
    friend bool operator==(const Interval&, const Interval&) = default;
};

/// The most rounds that anything here is asked for.
inline constexpr std::size_t most_rounds = 200;

/// A value that was seen: the least that so many percent do not exceed. `sorted` is not empty.
[[nodiscard]] double quantile_of(std::span<const double> sorted, double percent);

/// How many rounds it takes until `comparisons` intervals, which err together in `error` of all
/// runs, can tell anything at all.
[[nodiscard]] std::size_t rounds_needed(std::size_t comparisons, double error);

/// How many of the means of pairs of n differences the interval leaves out at each end: the most
/// with which it errs in `error` of all runs, both ends together. 0: it is unbounded.
[[nodiscard]] std::size_t depth_of(std::size_t n, double error);

/// The median of the pairs' means, and the bounds. Where there are too few differences for
/// `error`, the bounds are infinite.
[[nodiscard]] Interval interval_of(std::span<const double> differences, double error);

/// Orders that nobody can foresee, and that a seed repeats: splitmix64.
class Lot {
  public:
    explicit Lot(std::uint64_t seed) : state_(seed) {}
    /// 0 to `count` - 1 in an order drawn by lot, each order as likely as any other.
    [[nodiscard]] std::vector<std::size_t> order(std::size_t count);

  private:
    /// Evenly from 0 to `count` - 1.
    std::size_t below(std::size_t count);
    std::uint64_t next();

    std::uint64_t state_;
};

}  // namespace nanotune::cli::prove
