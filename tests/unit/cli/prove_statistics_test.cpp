// That `prove` claims no more than it may, and sees what is there.
#include <cmath>
#include <numeric>
#include <random>

#include "cli/prove/statistics.hpp"
#include "support/catch.hpp"

using namespace nanotune::cli::prove;

namespace {

/// Rounds of two measurements each, taken in an order drawn by lot, on a host that drifts and whose
/// noise has tails as heavy as Cauchy's; `planted` is what the second condition takes longer.
std::vector<double> differences_of(std::mt19937_64& noise, Lot& lot, std::size_t rounds,
                                   double planted) {
    std::cauchy_distribution<double> tails(0, 1);
    std::vector<double> differences;
    double drift = 0;
    for (std::size_t round = 0; round < rounds; ++round) {
        double seen[2] = {0, planted};
        for (const std::size_t condition : lot.order(2)) {
            drift += 0.7;
            seen[condition] += drift + tails(noise);
        }
        differences.push_back(seen[1] - seen[0]);
    }
    return differences;
}

std::size_t claims_in(std::size_t runs, std::size_t rounds, double error, double planted) {
    std::mt19937_64 noise(20261128);
    Lot lot(7);
    std::size_t claims = 0;
    for (std::size_t run = 0; run < runs; ++run) {
        claims +=
            interval_of(differences_of(noise, lot, rounds, planted), error).excludes_zero() ? 1 : 0;
    }
    return claims;
}

}  // namespace

TEST_CASE("signed ranks have the depths of Wilcoxon's tables", "[cli][prove]") {
    // Two-sided 5 %: the critical values 0, 2, 3, 5, 8, 10, 13, 52, 208 of the sum of ranks.
    CHECK(depth_of(5, 0.05) == 0);
    CHECK(depth_of(6, 0.05) == 1);
    CHECK(depth_of(7, 0.05) == 3);
    CHECK(depth_of(8, 0.05) == 4);
    CHECK(depth_of(9, 0.05) == 6);
    CHECK(depth_of(10, 0.05) == 9);
    CHECK(depth_of(11, 0.05) == 11);
    CHECK(depth_of(12, 0.05) == 14);
    CHECK(depth_of(20, 0.05) == 53);
    // Two-sided 1 %.
    CHECK(depth_of(7, 0.01) == 0);
    CHECK(depth_of(8, 0.01) == 1);
    CHECK(depth_of(12, 0.01) == 8);
}

TEST_CASE("the interval is of the means of all pairs", "[cli][prove]") {
    const std::vector<double> differences = {6, 1, 2, 3, 4, 5};
    const Interval found = interval_of(differences, 0.05);
    CHECK(found == Interval{.estimate = 3.5, .low = 1, .high = 6});
    CHECK(found.excludes_zero());
}

TEST_CASE("too few rounds show nothing, however far apart they are", "[cli][prove]") {
    const std::vector<double> differences = {1e9, 1e9, 1e9, 1e9, 1e9};
    const Interval found = interval_of(differences, 0.05);
    CHECK(std::isinf(found.low));
    CHECK(std::isinf(found.high));
    CHECK_FALSE(found.excludes_zero());
    CHECK_FALSE(interval_of({}, 0.05).excludes_zero());
}

TEST_CASE("rounds are enough where one sign of all of them is rare enough", "[cli][prove]") {
    for (const std::size_t comparisons : {1U, 3U, 6U, 60U}) {
        const std::size_t rounds = rounds_needed(comparisons, 0.05);
        const double error = 0.05 / static_cast<double>(comparisons);
        CHECK(depth_of(rounds, error) >= 1);
        CHECK(depth_of(rounds - 1, error) == 0);
    }
    CHECK(rounds_needed(1, 0.05) == 6);
}

TEST_CASE("what is the same is no difference", "[cli][prove]") {
    CHECK_FALSE(interval_of(std::vector<double>(20, 0.0), 0.05).excludes_zero());
    const std::vector<double> mostly_same = {0, 0, 0, 0, 0, 0, 0, 5, 0, 0};
    CHECK_FALSE(interval_of(mostly_same, 0.05).excludes_zero());
}

TEST_CASE("false claims are no more than promised, with drift and heavy tails", "[cli][prove]") {
    constexpr std::size_t runs = 4000;
    // 5 % are 200; five standard deviations more are 269.
    CHECK(claims_in(runs, 8, 0.05, 0) < 269);
    CHECK(claims_in(runs, 13, 0.05, 0) < 269);
    // Not by never claiming anything: the exact rate of 13 rounds is 4.8 %.
    CHECK(claims_in(runs, 13, 0.05, 0) > 120);
    CHECK(claims_in(runs, 13, 0.05 / 3, 0) < 108);
}

TEST_CASE("a slow-down that is planted is found", "[cli][prove]") {
    CHECK(claims_in(400, 12, 0.05, 500) > 390);
}

TEST_CASE("intervals hold what was planted as often as promised", "[cli][prove]") {
    std::mt19937_64 noise(5);
    Lot lot(5);
    std::size_t held = 0;
    for (std::size_t run = 0; run < 2000; ++run) {
        const Interval found = interval_of(differences_of(noise, lot, 12, 3), 0.05);
        held += found.low <= 3 && 3 <= found.high ? 1 : 0;
    }
    CHECK(held > 1850);
}

TEST_CASE("every order is as likely, and a seed repeats it", "[cli][prove]") {
    Lot lot(1);
    std::vector<std::size_t> counts(6, 0);
    for (int draw = 0; draw < 6000; ++draw) {
        const auto order = lot.order(3);
        REQUIRE(std::is_permutation(order.begin(), order.end(),
                                    std::vector<std::size_t>{0, 1, 2}.begin()));
        ++counts[order[0] * 2 + (order[1] > order[2] ? 1 : 0)];
    }
    for (const std::size_t count : counts) {
        CHECK(count > 850);
        CHECK(count < 1150);
    }
    CHECK(Lot(9).order(50) == Lot(9).order(50));
    CHECK(Lot(9).order(50) != Lot(10).order(50));
}

TEST_CASE("a quantile of few is one of them", "[cli][prove]") {
    const std::vector<double> five = {1, 2, 3, 4, 5};
    CHECK(std::lround(quantile_of(five, 50)) == 3);
    CHECK(std::lround(quantile_of(five, 99)) == 5);
    CHECK(std::lround(quantile_of(five, 0)) == 1);
    std::vector<double> many(1000);
    std::iota(many.begin(), many.end(), 1);
    CHECK(std::lround(quantile_of(many, 99)) == 990);
    CHECK(std::lround(quantile_of(many, 99.9)) == 999);
}
