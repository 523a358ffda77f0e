// The verbs freeze, thaw and history.
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
    CHECK(*today <= now + 25 * 3600);
    for (const char* wrong : {"", "25:00", "16:3x", "16:300", "soon", "2026-11-28"}) {
        INFO(wrong);
        const auto moment = cli::moment_of("--until", wrong);
        REQUIRE_FALSE(moment);
        CHECK_THAT(moment.error().message, Contains("--until") && Contains("16:30"));
    }
}

namespace {

constexpr auto two_records =
    R"({"at":"2026-11-28T08:00:00Z","verb":"apply","user":0,"login_user":1000,"client":"nanotune apply","profile":"hft","outcome":"as wanted","problems":[],"settings":[{"setting":"nic.mtu","target":"eth0","before":"1500","got":"9000","outcome":"changed"}]})"
    "\n"
    R"({"at":"2026-11-28T08:10:00Z","verb":"freeze","user":0,"client":"nanotune freeze","profile":"","outcome":"as wanted","reason":"trading","problems":[],"settings":[]})"
    "\n";

}  // namespace

TEST_CASE("history shows who did what when, and with --verbose to which settings",
          "[cli][history]") {
    Answers answers;
    answers.history = two_records;
    const Printed brief = nanotune::test::nanotune(answers, {"history", "--last", "7"});
    CHECK(brief.status == 0);
    CHECK(answers.asked_records == 7);
    CHECK_THAT(brief.out, Contains("2026-11-28T08:00:00Z  apply   hft      0 (1000)") &&
                              Contains("trading") && !Contains("1500"));
    const Printed whole = nanotune::test::nanotune(answers, {"history", "--verbose"});
    CHECK_THAT(whole.out, Contains("nic.mtu on eth0: 1500 -> 9000 (changed)"));
    const auto json =
        nlohmann::json::parse(nanotune::test::nanotune(answers, {"history", "--json"}).out);
    CHECK(json.at("records").size() == 2);
    CHECK(json.at("records")[1].at("reason") == "trading");
}

TEST_CASE("a history that is damaged is said, and how far it can be read", "[cli][history]") {
    Answers answers;
    answers.history = std::string(two_records) + "{\n";
    const Printed printed = nanotune::test::nanotune(answers, {"history"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("record 3 of the history is no record"));
}
