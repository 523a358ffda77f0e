// Boots that were not seen to end well.
#include "service/boots.hpp"

#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

TEST_CASE("after two boots that failed nothing is applied, until something went well",
          "[service][boot]") {
    const ScratchFolder folder;
    const Boots boots(folder.path() + "/lasting");
    REQUIRE(boots.begin("first"));
    REQUIRE(boots.begin("second"));
    const Status third = boots.begin("third");
    REQUIRE_FALSE(third);
    CHECK(third.error().code == ErrorCode::refused);
    CHECK_THAT(third.error().message, Contains("the last 2 boots did not end well"));
    CHECK_FALSE(boots.begin("fourth"));
    REQUIRE(boots.succeed());
    CHECK(boots.begin("fifth"));
}

TEST_CASE("both steps of one boot count as one", "[service][boot]") {
    const ScratchFolder folder;
    const Boots boots(folder.path());
    REQUIRE(boots.begin("first"));
    REQUIRE(boots.begin("first"));
    REQUIRE(boots.begin("second"));
    REQUIRE(boots.begin("second"));
    CHECK_FALSE(boots.begin("third"));
}

TEST_CASE("a boot that ended well is no failed one for the next", "[service][boot]") {
    const ScratchFolder folder;
    const Boots boots(folder.path());
    for (int i = 0; i < 5; ++i) {
        REQUIRE(boots.begin("boot " + std::to_string(i)));
        REQUIRE(boots.succeed());
    }
}

TEST_CASE("the kernel's command line switches it off by a word of its own", "[service][boot]") {
    CHECK(is_switched_off("root=/dev/vda1 nanotune.off quiet"));
    CHECK(is_switched_off("nanotune.off"));
    CHECK(is_switched_off("quiet nanotune.off=1\n"));
    CHECK_FALSE(is_switched_off("root=/dev/vda1 nanotune.office"));
    CHECK_FALSE(is_switched_off("nanotune.off=0"));
    CHECK_FALSE(is_switched_off(""));
}
