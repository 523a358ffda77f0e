// Which devices are news.
#include "daemon/strangers.hpp"

#include "support/catch.hpp"

using nanotune::daemon::Strangers;

TEST_CASE("a device is news once, and again once it has gone", "[daemon][strangers]") {
    Strangers strangers;
    CHECK(strangers.is_new("eth1"));
    CHECK_FALSE(strangers.is_new("eth1"));
    strangers.forget("eth1");
    CHECK(strangers.is_new("eth1"));
}

TEST_CASE("devices that were renamed keep none that comes from being news", "[daemon][strangers]") {
    Strangers strangers(2);
    CHECK(strangers.is_new("tap1"));
    CHECK(strangers.is_new("tap2"));
    CHECK(strangers.is_new("eth1"));
    CHECK_FALSE(strangers.is_new("eth1"));
}
