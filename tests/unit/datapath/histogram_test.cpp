#include "datapath/processor/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "support/catch.hpp"

using nanotune::datapath::Histogram;

TEST_CASE("a value is in the bucket that says so, to 1 in 32", "[datapath]") {
    std::uint64_t before = 0;
    for (std::size_t bucket = 0; bucket < Histogram::buckets; ++bucket) {
        const std::uint64_t last = Histogram::last_of(bucket);
        REQUIRE(Histogram::bucket_of(last) == bucket);
        REQUIRE((bucket == 0 || Histogram::bucket_of(before + 1) == bucket));
        REQUIRE(last - before <= std::max<std::uint64_t>(1, before / 32 + 1));
        before = last;
    }
    CHECK(before == ~std::uint64_t{0});
}

TEST_CASE("quantiles are those of the sorted values, to 1 in 32", "[datapath]") {
    std::mt19937_64 dice(5);
    std::lognormal_distribution<double> times(6.0, 2.0);
    Histogram histogram;
    std::vector<std::uint64_t> values;
    for (int count = 0; count < 20'000; ++count) {
        values.push_back(static_cast<std::uint64_t>(times(dice)));
        histogram.add(values.back());
    }
    std::ranges::sort(values);
    for (const double part : {0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
        const auto rank = static_cast<std::size_t>(std::ceil(part * 20'000));
        const std::uint64_t exact = values[rank == 0 ? 0 : rank - 1];
        const std::uint64_t found = histogram.quantile(part);
        INFO(part << ": " << exact << " " << found);
        CHECK(found >= exact);
        CHECK(found <= exact + exact / 32 + 1);
    }
    CHECK(histogram.count() == 20'000);
}

TEST_CASE("an empty histogram has nothing at any quantile", "[datapath]") {
    Histogram histogram;
    CHECK(histogram.quantile(0.5) == 0);
    histogram.add(7, 3);
    CHECK(histogram.count() == 3);
    CHECK(histogram.quantile(0.5) == 7);
    histogram.clear();
    CHECK(histogram.count() == 0);
}
