// What is made of round trips.
#include <cmath>

#include "cli/bench/round_trips.hpp"
#include "cli/bench/round_trips_text.hpp"
#include "support/catch.hpp"

using namespace nanotune::cli;
using namespace nanotune::cli::bench;

namespace {

std::vector<std::uint64_t> one_to(std::uint64_t last) {
    std::vector<std::uint64_t> times;
    for (std::uint64_t time = 1; time <= last; ++time) {
        times.push_back(time);
    }
    return times;
}

bool about(double number, double expected) {
    return std::abs(number - expected) < 0.01;
}

}  // namespace

TEST_CASE("quantiles are times that were seen", "[cli][bench]") {
    const Statistics found = statistics_of(one_to(10'000));
    CHECK(about(found.least, 1));
    CHECK(about(found.most, 10'000));
    CHECK(about(found.mean, 5'000.5));
    CHECK(about(found.deviation, 2'886.90));
    CHECK(about(found.jitter, 1));
    const std::vector<std::pair<double, double>> expected = {
        {50, 5'000}, {90, 9'000}, {95, 9'500}, {99, 9'900}, {99.9, 9'990}, {99.99, 9'999}};
    CHECK(found.quantiles == expected);
}

TEST_CASE("one round trip, or none, has no spread", "[cli][bench]") {
    const Statistics one = statistics_of({70});
    CHECK(about(one.mean, 70));
    CHECK(about(one.deviation, 0));
    CHECK(about(one.jitter, 0));
    CHECK(about(one.quantiles.back().second, 70));
    CHECK(about(statistics_of({}).most, 0));
}

TEST_CASE("what was sent and not answered is lost, and told as such", "[cli][bench]") {
    RoundTrips trips;
    trips.sent = 5;
    trips.times = {1'000, 2'000, 3'000, 150};
    CHECK(trips.lost() == 1);
    const std::string csv = csv_of("192.0.2.1:80", trips);
    CHECK(csv.starts_with("target,loop,sent,answered,lost,"));
    CHECK(csv.contains("\n192.0.2.1:80,closed,5,4,1,"));
    CHECK(json_of("192.0.2.1:80", trips, 0).contains("\"lost\": 1"));
    CHECK(json_of("192.0.2.1:80", trips, 2).contains("\"exit\": 2"));
}
