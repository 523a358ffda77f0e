// Places and spellings as messages show them.
#include <nanotune/input.hpp>

#include "samples.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using samples::input;

TEST_CASE("a place is file, line and column, or only what it is", "[input]") {
    CHECK(Origin{"hft.toml", 14, 3}.text() == "hft.toml:14:3");
    CHECK(Origin{"--set mtu=9000", 0, 0}.text() == "--set mtu=9000");
}

TEST_CASE("an input is spelled as TOML would", "[input]") {
    CHECK(input(true).spelling() == "true");
    CHECK(input(std::int64_t{-12}).spelling() == "-12");
    CHECK(input(1.5).spelling() == "1.5");
    CHECK(input(2.0).spelling() == "2.0");
    CHECK(input(1e300).spelling() == "1e+300");
    CHECK(input(std::string("fast")).spelling() == "\"fast\"");
    CHECK(input(std::string("a\"b\\c\nd\te\x01")).spelling() == R"("a\"b\\c\nd\te\u0001")");
    CHECK(input(InputList{}).spelling() == "a list");
    CHECK(input(InputTable{}).spelling() == "a table");
}

TEST_CASE("a place is read from its text, whatever its file is called", "[input]") {
    const Origin place{.file = "/etc/a:1/hft.toml", .line = 14, .column = 3};
    CHECK(Origin::from(place.text()) == place);
    for (const char* other : {"baseline", "--set mtu=9000", "--set mac=1:2:x", "p.toml:7", "", ":",
                              "a::3", "a:0:3", "a:1:-3"}) {
        CHECK(Origin::from(other) == Origin{.file = other});
    }
}
