// Numbers in text: whole, or at its beginning.
#include <cstdint>
#include <string_view>

#include <nanotune/numbers.hpp>

#include "support/catch.hpp"

using namespace nanotune;

TEST_CASE("a text that is a number, and nothing else, is that number", "[sdk][numbers]") {
    CHECK(whole_number<unsigned>("0") == 0U);
    CHECK(whole_number<unsigned>("007") == 7U);
    CHECK(whole_number<std::int64_t>("-5") == -5);
    CHECK(whole_number<std::uint64_t>("18446744073709551615") == UINT64_MAX);
    CHECK(whole_number<unsigned>("ff", 16) == 255U);
}

TEST_CASE("a text with anything else in it is no number", "[sdk][numbers]") {
    for (const std::string_view text :
         {"", " ", "1 ", " 1", "+1", "1x", "x1", "0x1", "1.0", "--1"}) {
        INFO('"' << text << '"');
        CHECK_FALSE(whole_number<std::int64_t>(text));
    }
    CHECK_FALSE(whole_number<unsigned>("-1"));
    CHECK_FALSE(whole_number<unsigned>("12", 2));
}

TEST_CASE("a number that does not fit is none", "[sdk][numbers]") {
    CHECK(whole_number<std::uint8_t>("255") == 255);
    CHECK_FALSE(whole_number<std::uint8_t>("256"));
    CHECK_FALSE(whole_number<std::uint64_t>("18446744073709551616"));
    CHECK_FALSE(leading_number<std::uint8_t>("256 and more"));
}

TEST_CASE("a text may begin with a number", "[sdk][numbers]") {
    CHECK(leading_number<unsigned>("10000baseT/Full") == 10'000U);
    CHECK(leading_number<unsigned>("3\n") == 3U);
    CHECK(leading_number<unsigned>("10", 2) == 2U);
    CHECK_FALSE(leading_number<unsigned>("rx-3"));
    CHECK_FALSE(leading_number<unsigned>(""));
}
