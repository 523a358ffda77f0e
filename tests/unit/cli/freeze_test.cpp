// The verbs freeze and thaw.
#include <nlohmann/json.hpp>

#include "cli/words.hpp"
#include "fake_service.hpp"
#include "service/time_text.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

TEST_CASE("a freeze needs a reason", "[cli][freeze]") {
    Answers answers;
    const Printed printed = nanotune::test::nanotune(answers, {"freeze"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("--reason TEXT is missing"));
    CHECK(answers.calls.empty());
}

TEST_CASE("a freeze is asked for with its reason and its end", "[cli][freeze]") {
    Answers answers;
    const Printed printed = nanotune::test::nanotune(
        answers, {"freeze", "--reason", "trading", "--until", "2999-01-01T00:00:00Z"});
    CHECK(printed.status == 0);
    CHECK(answers.asked_freeze.reason == "trading");
    CHECK(answers.asked_freeze.until == time_of("2999-01-01T00:00:00Z"));
    CHECK_THAT(printed.out, Contains("Frozen until 2999-01-01T00:00:00Z") &&
                                Contains("End it with: nanotune thaw"));
}

TEST_CASE("a freeze that is refused says so", "[cli][freeze]") {
    Answers answers;
    answers.freeze.exit = Exit::refused;
    answers.freeze.problems = {{.code = ErrorCode::denied, .message = "no right"}};
    const Printed printed = nanotune::test::nanotune(answers, {"freeze", "--reason", "x"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("no right"));
    CHECK(printed.out.empty());
}

TEST_CASE("status shows a freeze with reason, by whom and until when", "[cli][status][freeze]") {
    Answers answers;
    answers.status.state = HostState::tuned;
    answers.status.frozen = Frozen{.reason = "trading",
                                   .by = "user 0",
                                   .since = "2026-11-28T08:00:00Z",
                                   .until = "2026-11-28T16:30:00Z"};
    const Printed printed = nanotune::test::nanotune(answers, {"status"});
    CHECK_THAT(printed.out, Contains("tuned, frozen") && Contains("trading (by user 0, since") &&
                                Contains("until 2026-11-28T16:30:00Z") &&
                                Contains("nanotune thaw"));
    const auto json =
        nlohmann::json::parse(nanotune::test::nanotune(answers, {"status", "--json"}).out);
    CHECK(json.at("frozen").at("reason") == "trading");
    CHECK(json.at("state") == "tuned");
}

TEST_CASE("moments to come are durations, times of day and dates", "[cli][words]") {
    const std::int64_t now = seconds_since_epoch();
    const auto soon = cli::moment_of("--until", "2h");
    REQUIRE(soon);
    CHECK(*soon >= now + 7200);
    CHECK(*soon <= seconds_since_epoch() + 7200);
    const auto today = cli::moment_of("--until", "16:30");
    REQUIRE(today);
    CHECK(*today > now);
    CHECK(*today <= now + std::int64_t{25} * 3600);
    for (const char* wrong : {"", "16", "25:00", "16:3x", "16:300", "soon", "2026-11-28"}) {
        INFO(wrong);
        const auto moment = cli::moment_of("--until", wrong);
        REQUIRE_FALSE(moment);
        CHECK_THAT(moment.error().message, Contains("--until") && Contains("16:30"));
    }
}
