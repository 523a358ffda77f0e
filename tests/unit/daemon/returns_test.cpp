// Devices that come and go.
#include "daemon/returns.hpp"

#include "support/catch.hpp"
#include "support/held.hpp"

using namespace nanotune::daemon;
using nanotune::test::held;
using namespace std::chrono_literals;

namespace {

const Returns::Clock::time_point start{1h};
const std::set<std::string> eth1 = {"eth1"};

}  // namespace

TEST_CASE("a device that flaps has its settings five times in ten minutes, and once more after",
          "[daemon][returns]") {
    Returns returns;
    auto now = start;
    for (int i = 0; i < 5; ++i, now += 10s) {
        CHECK(returns.admits("eth1", Return::went_up, now));
    }
    CHECK_FALSE(returns.admits("eth1", Return::came, now));
    CHECK_FALSE(returns.admits("eth1", Return::went_up, now));
    CHECK(returns.admits("eth2", Return::came, now));
    CHECK(held(returns.next()) > start + 10min);
    CHECK(held(returns.next()) < start + 11min);
    CHECK(returns.take_due(Return::came, start + 5min).empty());
    now = held(returns.next());
    CHECK(returns.take_due(Return::went_up, now).empty());  // what came needs more
    CHECK(returns.take_due(Return::came, now) == eth1);
    CHECK_FALSE(returns.next());
    CHECK(returns.admits("eth1", Return::came, now));
}

TEST_CASE("what failed is due again, and known no more once it is taken", "[daemon][returns]") {
    Returns returns;
    REQUIRE(returns.admits("eth1", Return::came, start));
    returns.failed("eth1", Return::came, start);
    CHECK(returns.take_due(Return::came, start + 1s).empty());
    CHECK(returns.take_due(Return::came, start + 30s) == eth1);
    CHECK(returns.take_due(Return::came, start + 30s).empty());
    returns.failed("eth1", Return::came, start);
    returns.forget();
    CHECK_FALSE(returns.next());
}
