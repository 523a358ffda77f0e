// How often what nobody was told of is looked for.
#include "daemon/loss_pace.hpp"

#include "support/catch.hpp"
#include "support/held.hpp"

using namespace nanotune::daemon;
using nanotune::test::held;
using namespace std::chrono_literals;

namespace {

const LossPace::Clock::time_point start{1h};

}  // namespace

TEST_CASE("programs that were missed once are looked for at once", "[daemon][watch]") {
    LossPace pace;
    CHECK_FALSE(pace.look_at());
    CHECK_FALSE(pace.take_due(start));
    pace.lost(start);
    CHECK(held(pace.look_at()) <= start + 100ms);
    CHECK(pace.take_due(start + 100ms));
    CHECK_FALSE(pace.take_due(start + 1h));
    pace.lost(start + 1h);
    CHECK(held(pace.look_at()) <= start + 1h + 100ms);
}

TEST_CASE("who makes more start than anybody is told of has them looked for as the poll does",
          "[daemon][watch]") {
    LossPace pace;
    int looks = 0;
    for (auto now = start; now < start + 10min; now += 10ms) {
        pace.lost(now);
        looks += pace.take_due(now) ? 1 : 0;
    }
    CHECK(looks >= 20);
    CHECK(looks <= 30);
}
