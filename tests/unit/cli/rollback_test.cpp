#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

TEST_CASE("what is merely gone has a row in a rollback, and is no failure", "[cli][rollback]") {
    Answers answers;
    answers.rollback.changed = true;
    answers.rollback.rows = {
        row("nic.mtu", Target::nic("eth0"), "1400", "1500", Outcome::changed),
        row("nic.rps.cpus", {"rx_queue", "eth0/rx-1"}, "1", "0", Outcome::gone)};
    answers.rollback.rows[1].message = "its target is gone";
    const Printed printed = nanotune::test::nanotune(answers, {"rollback"});
    CHECK(printed.status == 0);
    CHECK_THAT(printed.out,
               Contains("gone") && Contains("Rolled back: 1 setting put back, 1 gone"));
    CHECK(printed.error.empty());
    CHECK(nanotune::test::nanotune(answers, {"rollback", "--plan"}).error.empty());
}

TEST_CASE("a rollback never says that the host has what it could not be given", "[cli][rollback]") {
    Answers answers;
    answers.rollback.exit = Exit::not_restored;
    answers.rollback.rows = {row("nic.mtu", Target::nic("eth0"), "1400", "1500", Outcome::refused)};
    answers.rollback.rows[0].got.clear();
    const Printed printed = nanotune::test::nanotune(answers, {"rollback"});
    CHECK_THAT(printed.out, Contains("1400   -> ?") && !Contains("1500"));
}

TEST_CASE("a rollback of an apply that changed nothing says so", "[cli][rollback]") {
    Answers answers;
    answers.rollback.profile = "hft";
    const Printed printed = nanotune::test::nanotune(answers, {"rollback"});
    CHECK(printed.status == 0);
    CHECK_THAT(printed.out, Contains("Nothing had to be put back: hft had changed nothing."));
}

TEST_CASE("a rollback that cannot be recorded says that the host is rolled back",
          "[cli][rollback]") {
    Answers answers;
    answers.rollback.changed = true;
    answers.rollback.exit = Exit::rolled_back;
    answers.rollback.rows = {row("nic.mtu", Target::nic("eth0"), "1400", "1500", Outcome::changed)};
    answers.rollback.problems = {{.code = ErrorCode::io, .message = "No space left"}};
    const Printed printed = nanotune::test::nanotune(answers, {"rollback"});
    CHECK(printed.status == 4);
    CHECK_THAT(printed.error,
               Contains("No space left") &&
                   Contains("Rolled back: 1 setting put back; but it could not be recorded"));
}

TEST_CASE("a rollback past what a journal lost does not offer to try again", "[cli][rollback]") {
    Answers answers;
    answers.rollback.exit = Exit::not_restored;
    answers.rollback.problems = {
        {.code = ErrorCode::damaged, .message = "part of the journal is lost"}};
    const Printed printed = nanotune::test::nanotune(answers, {"rollback"});
    CHECK(printed.status == 5);
    CHECK_THAT(printed.error, Contains("What is known is rolled back") && !Contains("tries again"));
}

TEST_CASE("a forced rollback past what a journal lost does not advise itself", "[cli][rollback]") {
    Answers answers;
    answers.rollback.exit = Exit::not_restored;
    answers.rollback.problems = {
        {.code = ErrorCode::damaged, .message = "part of the journal is lost"}};
    const Printed printed = nanotune::test::nanotune(answers, {"rollback", "--all", "--force"});
    CHECK(printed.status == 5);
    CHECK_THAT(printed.error, Contains("what was lost stays as it is, and is forgotten now") &&
                                  !Contains("rollback --all --force"));
}

TEST_CASE("the time that a rollback and a look at the host may take is the operator's",
          "[cli][rollback]") {
    Answers answers;
    CHECK(nanotune::test::nanotune(answers, {"rollback", "--timeout", "5s"}).status == 0);
    CHECK(answers.asked_rollback.timeout == std::chrono::seconds(5));
    const auto verb = GENERATE(as<std::string>{}, "verify", "capture");
    CHECK(nanotune::test::nanotune(answers, {verb, "--timeout", "7s"}).status == 0);
    CHECK(answers.asked_options.timeout == std::chrono::seconds(7));
    CHECK(nanotune::test::nanotune(answers, {verb}).status == 0);
    CHECK(answers.asked_options.timeout == std::chrono::seconds(60));
    const Printed none = nanotune::test::nanotune(answers, {verb, "--timeout", "0s"});
    CHECK(none.status == 1);
    CHECK_THAT(none.error, Contains("--timeout 0s: expected 1 ms"));
}

TEST_CASE("a rollback that needs consent says what it took back before", "[cli][rollback]") {
    Answers answers;
    answers.rollback.exit = Exit::consent_missing;
    answers.rollback.rows = {row("nic.mtu", Target::nic("eth0"), "1400", "1500", Outcome::refused)};
    answers.rollback.rows[0].message = "needs --allow drops";
    answers.rollback.rows[0].allow = "drops";
    const Printed untouched = nanotune::test::nanotune(answers, {"rollback", "--all"});
    CHECK_THAT(untouched.error, Contains("Not rolled back; nothing was touched."));

    answers.rollback.changed = true;
    answers.rollback.rows.insert(
        answers.rollback.rows.begin(),
        row("nic.txqueuelen", Target::nic("eth0"), "500", "1000", Outcome::changed));
    const Printed printed = nanotune::test::nanotune(answers, {"rollback", "--all"});
    CHECK(printed.status == 6);
    CHECK_THAT(printed.out, Contains("500    -> 1000") || Contains("500 -> 1000"));
    CHECK_THAT(printed.error, Contains("only what was left open before is rolled back") &&
                                  Contains("--allow drops") && !Contains("nothing was touched"));
}

TEST_CASE("the plan of a rollback says nothing of one while another nanotune is at work",
          "[cli][rollback]") {
    Answers answers;
    answers.rollback.exit = Exit::lock_or_timeout;
    answers.rollback.state = HostState::unknown;
    answers.rollback.notes = {"nanotune (process 12: nanotune apply hft) is at work"};
    const Printed printed = nanotune::test::nanotune(answers, {"rollback", "--plan"});
    CHECK(printed.status == 7);
    CHECK(printed.out == "note: nanotune (process 12: nanotune apply hft) is at work\n");
}

TEST_CASE("a rollback says in plain words what it put back and what was so already",
          "[cli][rollback]") {
    Answers answers;
    answers.rollback.changed = true;
    answers.rollback.rows = {
        row("nic.mtu", Target::nic("eth0"), "1400", "1500", Outcome::changed),
        row("nic.txqueuelen", Target::nic("eth0"), "500", "1000", Outcome::changed),
        row("nic.rps.cpus", {"rx_queue", "eth0/rx-1"}, "0", "0", Outcome::unchanged)};
    CHECK_THAT(nanotune::test::nanotune(answers, {"rollback"}).out,
               Contains("Rolled back: 2 settings put back, 1 already as they were before.\n"));
}

TEST_CASE("the plan of a rollback tells what it cannot put back, and does not call that nothing",
          "[cli][rollback]") {
    Answers answers;
    answers.rollback.exit = Exit::differs;
    answers.rollback.rows = {row("nic.mtu", Target::nic("eth0"), "1400", "1500", Outcome::refused)};
    answers.rollback.rows[0].message = "plugin nic is refused: not an ELF file";
    const Printed none = nanotune::test::nanotune(answers, {"rollback", "--plan"});
    CHECK(none.status == 2);
    CHECK_THAT(none.error, Contains("nic.mtu on eth0: plugin nic is refused"));
    CHECK_THAT(none.out,
               Contains("Nothing can be rolled back: 1 setting that cannot be put back.") &&
                   !Contains("Do it with"));
    answers.rollback.rows.push_back(
        row("memory.swappiness", Target::host(), "10", "60", Outcome::not_done));
    CHECK_THAT(nanotune::test::nanotune(answers, {"rollback", "--plan"}).out,
               Contains("1 change, 1 that cannot be put back.") && Contains("Do it with"));
}
