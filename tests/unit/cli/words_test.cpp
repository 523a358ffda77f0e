#include "cli/words.hpp"

#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::cli;
using namespace std::chrono_literals;

TEST_CASE("durations take the usual units, seconds by default", "[cli][words]") {
    CHECK(duration_of("--x", "60") == 60s);
    CHECK(duration_of("--x", "60s") == 60s);
    CHECK(duration_of("--x", "500ms") == 500ms);
    CHECK(duration_of("--x", "2m") == 2min);
    CHECK(duration_of("--x", "2min") == 2min);
    CHECK(duration_of("--x", "1h") == 1h);
}

TEST_CASE("what is no duration is refused with the option's name", "[cli][words]") {
    const auto text = GENERATE(as<std::string>{}, "", "s", "-1s", "5 s", "1.5s", "5y",
                               "99999999999999999999", "9223372036854775807h");
    const auto result = duration_of("--wait", text);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().message.starts_with("--wait " + text + ": expected a duration"));
}

TEST_CASE("an assignment is split at its first equals sign", "[cli][words]") {
    const auto found = override_of("cpus.irq=a=b");
    REQUIRE(found.has_value());
    CHECK(found->name == "cpus.irq");
    CHECK(found->value == "a=b");
    CHECK(override_of("a=")->value.empty());
    CHECK_FALSE(override_of("a").has_value());
    CHECK_FALSE(override_of("=a").has_value());
}

TEST_CASE("durations are spoken in their largest units", "[cli][words]") {
    CHECK(spoken(60s) == "1m");
    CHECK(spoken(90s) == "1m 30s");
    CHECK(spoken(2h) == "2h");
    CHECK(spoken(0s) == "0s");
}

TEST_CASE("a number is taken at its bounds, and refused beyond them with both", "[cli][words]") {
    CHECK(number_within<int>("count", "1", 1, 64) == 1);
    CHECK(number_within<int>("count", "64", 1, 64) == 64);
    for (const char* text : {"0", "65", "", "1x", "99999999999999999999"}) {
        const auto refused = number_within<int>("count", text, 1, 64);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::invalid);
        CHECK(refused.error().message.contains("count"));
        CHECK(refused.error().message.contains("64"));
    }
}
