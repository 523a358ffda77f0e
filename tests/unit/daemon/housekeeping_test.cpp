// The CPUs that the daemon stays on.
#include "daemon/housekeeping.hpp"

#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::daemon;

TEST_CASE("who watches stays off isolated CPUs and those without ticks", "[daemon][cpu]") {
    CHECK(housekeeping_of("0-7", "2-3", "3-5").list() == "0-1,6-7");
    CHECK(housekeeping_of("0-3", "", "(null)").list() == "0-3");
    CHECK(housekeeping_of("0,2", "1-3", "").list() == "0");
    CHECK(housekeeping_of("0-1", "0-1", "").empty());
}
