// Commands that nanotune suggests for taking something back.
#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

/// What a rollback would put back, with the words that it needs.
Report to_take_back() {
    Report report;
    report.rows = {row("nic.mtu", Target::nic("eth0"), "9000", "1500", Outcome::not_done)};
    report.rows[0].allow = "drops,management";
    return report;
}

}  // namespace

TEST_CASE("what is to be taken back first comes with what that takes", "[cli][hints]") {
    Answers answers;
    answers.rollback = to_take_back();
    const std::string back = "nanotune rollback --allow drops,management\n";
    const HostState state = GENERATE(HostState::interrupted, HostState::overdue);
    answers.plan.state = state;
    answers.plan.exit = Exit::differs;
    answers.plan.rows = {row("nic.mtu", Target::nic("eth0"), "1500", "9000", Outcome::not_done)};
    const Printed plan = nanotune::test::nanotune(answers, {"plan", "hft"});
    CHECK_THAT(plan.out, Contains("Take it back with: " + back) && !Contains("Apply it with"));
    answers.verify.state = state;
    answers.verify.exit = Exit::differs;
    CHECK_THAT(nanotune::test::nanotune(answers, {"verify"}).out,
               Contains("Put it right with: " + back));
    answers.confirm.state = HostState::overdue;
    answers.confirm.exit = Exit::refused;
    CHECK_THAT(nanotune::test::nanotune(answers, {"confirm"}).error,
               Contains("Take it back with: " + back));
}

TEST_CASE("while an apply awaits confirmation, no other one is advised", "[cli][hints]") {
    Answers answers;
    answers.status.profile = "/etc/nanotune/profiles/feed.toml";
    answers.rollback = to_take_back();
    const std::string back = "Take it back with: nanotune rollback --allow drops,management\n";
    answers.plan.state = HostState::awaiting_confirmation;
    answers.plan.exit = Exit::differs;
    answers.plan.rows = {row("nic.mtu", Target::nic("eth0"), "1500", "9000", Outcome::not_done)};
    const Printed plan = nanotune::test::nanotune(answers, {"plan", "hft"});
    CHECK_THAT(plan.out, Contains("feed awaits confirmation") &&
                             Contains("Keep it with: nanotune confirm\n") && Contains(back) &&
                             !Contains("Apply it with"));
    answers.apply.state = HostState::awaiting_confirmation;
    answers.apply.exit = Exit::refused;
    answers.apply.problems = {{.code = ErrorCode::conflict, .message = "feed awaits confirmation"}};
    const Printed apply = nanotune::test::nanotune(answers, {"apply", "hft"});
    CHECK_THAT(apply.error,
               Contains("Keep what is applied with: nanotune confirm\n") && Contains(back));
    answers.verify.state = HostState::awaiting_confirmation;
    answers.verify.profile = "hft";
    answers.verify.exit = Exit::differs;
    answers.verify.rows = {row("nic.mtu", Target::nic("eth0"), "", "9000", Outcome::differs)};
    CHECK_THAT(nanotune::test::nanotune(answers, {"verify"}).out,
               Contains(back) && !Contains("nanotune apply"));
}

TEST_CASE("a rollback that did not end is tried again as it was, allowing what it takes",
          "[cli][hints]") {
    Answers answers;
    answers.rollback.exit = Exit::not_restored;
    answers.rollback.rows = {row("nic.mtu", Target::nic("eth0"), "1400", "1500", Outcome::refused)};
    answers.rollback.rows[0].allow = "drops";
    CHECK_THAT(nanotune::test::nanotune(answers, {"rollback", "--all"}).error,
               Contains("Try again with: nanotune rollback --all --allow drops\n"));
    answers.apply = answers.rollback;
    CHECK_THAT(nanotune::test::nanotune(answers, {"apply", "hft", "--allow", "drops"}).error,
               Contains("Try again with: nanotune rollback --allow drops\n"));
    answers.rollback.problems = {{.code = ErrorCode::damaged, .message = "part is lost"}};
    CHECK_THAT(
        nanotune::test::nanotune(answers, {"rollback"}).error,
        Contains("Take that as it is with: nanotune rollback --all --force --allow drops\n"));
}

TEST_CASE("what a rollback left is advised to be looked at by force", "[cli][hints]") {
    Answers answers;
    answers.rollback.changed = true;
    answers.rollback.rows = {
        row("nic.mtu", Target::nic("eth0"), "1400", "1500", Outcome::overridden)};
    CHECK_THAT(nanotune::test::nanotune(answers, {"rollback"}).out,
               Contains("nanotune rollback --force --plan\n"));
    CHECK_THAT(nanotune::test::nanotune(answers, {"rollback", "--force"}).out,
               !Contains("--force --plan"));
    answers.status.left = answers.rollback.rows;
    CHECK_THAT(nanotune::test::nanotune(answers, {"status"}).out,
               Contains("nanotune rollback --force --plan  "));
}

TEST_CASE("status advises a rollback by itself only where that needs no consent", "[cli][hints]") {
    Answers answers;
    answers.status.state = GENERATE(HostState::tuned, HostState::degraded, HostState::overdue,
                                    HostState::awaiting_confirmation);
    answers.status.rows = {row("nic.mtu", Target::nic("eth0"), "1500", "9000", Outcome::changed)};
    CHECK_THAT(nanotune::test::nanotune(answers, {"status"}).out,
               Contains("nanotune rollback  ") && !Contains("--plan"));
    answers.status.rows[0].allow = "drops";
    CHECK_THAT(nanotune::test::nanotune(answers, {"status"}).out,
               Contains("nanotune rollback --plan  ") && !Contains("nanotune rollback  "));
}
