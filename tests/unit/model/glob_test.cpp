#include "model/glob.hpp"

#include <string>

#include "support/catch.hpp"

using nanotune::glob_matches;
using nanotune::is_glob;

TEST_CASE("only stars, question marks and brackets make a pattern", "[glob]") {
    CHECK(is_glob("enp3s*"));
    CHECK(is_glob("eth?"));
    CHECK(is_glob("eth[01]"));
    CHECK_FALSE(is_glob("enp3s0f0.100"));
}

TEST_CASE("a pattern takes the whole name", "[glob]") {
    CHECK(glob_matches("*", ""));
    CHECK(glob_matches("*", "eth0"));
    CHECK(glob_matches("enp3s*", "enp3s0f0"));
    CHECK(glob_matches("e*0", "enp3s0"));
    CHECK(glob_matches("*p*s*", "enp3s0"));
    CHECK(glob_matches("eth?", "eth0"));
    CHECK_FALSE(glob_matches("eth?", "eth10"));
    CHECK_FALSE(glob_matches("eth", "eth0"));
    CHECK_FALSE(glob_matches("eth0", "eth"));
    CHECK_FALSE(glob_matches("", "eth0"));
}

TEST_CASE("brackets take one of several letters", "[glob]") {
    CHECK(glob_matches("eth[0-3]", "eth2"));
    CHECK_FALSE(glob_matches("eth[0-3]", "eth4"));
    CHECK(glob_matches("eth[!0-3]", "eth4"));
    CHECK(glob_matches("eth[]x]", "eth]"));
    CHECK(glob_matches("eth[0-", "eth[0-"));
    CHECK(glob_matches("eth[a-]", "eth-"));
}

TEST_CASE("many stars take no exponential time", "[glob]") {
    std::string pattern;
    for (int i = 0; i < 200; ++i) {
        pattern += "*a";
    }
    CHECK_FALSE(glob_matches(pattern + "b", std::string(2000, 'a')));
}
