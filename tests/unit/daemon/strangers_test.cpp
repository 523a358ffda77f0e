// Which devices are news.
#include "daemon/strangers.hpp"

#include "support/catch.hpp"

using nanotune::daemon::Strangers;

TEST_CASE("a device is news once, and again once it has gone", "[daemon][strangers]") {
    Strangers strangers;
    CHECK(strangers.is_new(3, "eth1"));
    CHECK_FALSE(strangers.is_new(3, "eth1"));
    strangers.forget(3);
    CHECK(strangers.is_new(3, "eth1"));
    strangers.forget_all();
    CHECK(strangers.is_new(3, "eth1"));
}

TEST_CASE("a device that is renamed is news once more", "[daemon][strangers]") {
    Strangers strangers;
    CHECK(strangers.is_new(3, "tap1"));
    CHECK(strangers.is_new(3, "tap2"));
    CHECK_FALSE(strangers.is_new(3, "tap2"));
    CHECK(strangers.is_new(3, "tap1"));
}

TEST_CASE("each of very many devices is news once", "[daemon][strangers]") {
    Strangers strangers;
    for (const bool is_first : {true, false}) {
        std::size_t news = 0;
        for (std::uint32_t number = 1; number <= 10'000; ++number) {
            news += strangers.is_new(number, "tap" + std::to_string(number)) ? 1 : 0;
        }
        CHECK(news == (is_first ? 10'000 : 0));
    }
}
