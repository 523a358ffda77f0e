#include "statistics.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace nanotune::cli::prove {

double quantile_of(std::span<const double> sorted, double percent) {
    // The rank is rounded up, but not for what a multiplication is off by.
    const double wanted = percent * static_cast<double>(sorted.size()) / 100 - 1e-6;
    auto rank = static_cast<std::size_t>(std::max(wanted, 0.0));
    rank += static_cast<double>(rank) < wanted ? 1 : 0;
    return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

std::size_t rounds_needed(std::size_t comparisons, double error) {
    // The rarest outcome, all differences of one sign, comes in 2 of 2^n runs.
    std::size_t rounds = 1;
    double rarest = 1;
    while (rarest > error / static_cast<double>(comparisons) && rounds < most_rounds) {
        rarest /= 2;
        ++rounds;
    }
    return rounds;
}

std::size_t depth_of(std::size_t n, double error) {
    // chances[s]: that the ranks of the positive differences add up to s, each rank being among
    // them or not by a fair coin.
    const std::size_t most = n * (n + 1) / 2;
    std::vector<double> chances(most + 1, 0.0);
    chances[0] = 1;
    for (std::size_t rank = 1; rank <= n; ++rank) {
        for (std::size_t sum = rank * (rank + 1) / 2 + 1; sum-- > 0;) {
            chances[sum] = (chances[sum] + (sum >= rank ? chances[sum - rank] : 0)) / 2;
        }
    }
    std::size_t depth = 0;
    double tail = 0;
    while (depth <= most && 2 * (tail + chances[depth]) <= error) {
        tail += chances[depth++];
    }
    return depth;
}

Interval interval_of(std::span<const double> differences, double error) {
    std::vector<double> means;
    means.reserve(differences.size() * (differences.size() + 1) / 2);
    for (std::size_t first = 0; first < differences.size(); ++first) {
        for (std::size_t second = first; second < differences.size(); ++second) {
            means.push_back((differences[first] + differences[second]) / 2);
        }
    }
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (means.empty()) {
        return {.estimate = 0, .low = -infinity, .high = infinity};
    }
    std::ranges::sort(means);
    const std::size_t middle = means.size() / 2;
    const double estimate =
        means.size() % 2 == 1 ? means[middle] : (means[middle - 1] + means[middle]) / 2;
    const std::size_t depth = depth_of(differences.size(), error);
    if (depth == 0) {
        return {.estimate = estimate, .low = -infinity, .high = infinity};
    }
    return {.estimate = estimate, .low = means[depth - 1], .high = means[means.size() - depth]};
}

std::uint64_t Lot::next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
}

std::size_t Lot::below(std::size_t count) {
    // What is left of 2^64 would favour the first ones.
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % count;
    std::uint64_t number = next();
    while (number >= limit) {
        number = next();
    }
    return number % count;
}

std::vector<std::size_t> Lot::order(std::size_t count) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t left = count; left > 1; --left) {
        std::swap(order[left - 1], order[below(left)]);
    }
    return order;
}

}  // namespace nanotune::cli::prove
