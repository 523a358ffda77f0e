#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;
using Catch::Matchers::Contains;

TEST_CASE("status names what the profile was applied with", "[cli][status]") {
    Answers answers;
    answers.status.state = HostState::tuned;
    answers.status.profile = "hft";
    answers.status.overrides = {{.name = "mtu", .value = "9000"}};
    CHECK_THAT(nanotune::test::nanotune(answers, {"status"}).out, Contains("hft --set mtu=9000\n"));
    CHECK_THAT(nanotune::test::nanotune(answers, {"status", "--json"}).out,
               Contains("\"name\": \"mtu\""));
}

TEST_CASE("verify advises the profile as it was applied", "[cli][verify]") {
    Answers answers;
    answers.status.overrides = {{.name = "mtu", .value = "9000"}};
    answers.verify.profile = "hft";
    answers.verify.exit = Exit::differs;
    answers.verify.rows = {row("nic.mtu", Target::nic("eth0"), "9000", "9000", Outcome::differs)};
    CHECK_THAT(nanotune::test::nanotune(answers, {"verify"}).out,
               Contains("nanotune apply hft --set mtu=9000\n"));
}

TEST_CASE("status of a tuned host tells profile, time and next step", "[cli][status]") {
    Answers answers;
    answers.status.state = HostState::tuned;
    answers.status.profile = "hft";
    answers.status.applied_at = "2026-01-02T03:04:05Z";
    answers.status.settings_held = 42;
    answers.status.applies = 2;
    const Printed printed = nanotune::test::nanotune(answers, {"status"});
    CHECK(printed.status == 0);
    CHECK_THAT(printed.out, Contains("state    tuned") && Contains("profile  hft") &&
                                Contains("2026-01-02T03:04:05Z") &&
                                Contains("42 settings of 2 applies") &&
                                Contains("nanotune verify"));
}

TEST_CASE("status of a cut-off apply differs and names the way out", "[cli][status]") {
    Answers answers;
    answers.status.state = HostState::interrupted;
    answers.status.interrupted = "apply of hft, stage devices";
    const Printed printed = nanotune::test::nanotune(answers, {"status"});
    CHECK(printed.status == 2);
    CHECK_THAT(printed.out,
               Contains("apply of hft, stage devices") && Contains("nanotune rollback"));
}

TEST_CASE("status names the deadline of a confirmation", "[cli][status]") {
    Answers answers;
    answers.status.state = HostState::awaiting_confirmation;
    answers.status.confirm_by = "2026-01-02T03:04:05Z";
    answers.status.is_guarded = true;
    const Printed printed = nanotune::test::nanotune(answers, {"status"});
    CHECK(printed.status == 0);
    CHECK_THAT(printed.out,
               Contains("confirm by  2026-01-02T03:04:05Z") &&
                   Contains("nanotune confirm  keeps it; otherwise it is rolled back"));
}

TEST_CASE("status promises no rollback where nobody watches", "[cli][status]") {
    Answers answers;
    answers.status.state = HostState::awaiting_confirmation;
    answers.status.confirm_by = "2026-01-02T03:04:05Z";
    const Printed printed = nanotune::test::nanotune(answers, {"status"});
    CHECK_THAT(printed.out, Contains("nanotune confirm  keeps it") &&
                                Contains("nanotune rollback  takes it back") &&
                                !Contains("otherwise"));
    CHECK_THAT(nanotune::test::nanotune(answers, {"status", "--json"}).out,
               Contains(R"("guarded": false)"));
}

TEST_CASE("status shows what no plugin is there to put back", "[cli][status]") {
    Answers answers;
    answers.status.state = HostState::tuned;
    answers.status.stranded = {
        row("cpu.governor", {"policy", "0"}, "powersave", "powersave", Outcome::unsupported)};
    CHECK_THAT(nanotune::test::nanotune(answers, {"status"}).out,
               Contains("WITHOUT A PLUGIN") && Contains("cpu.governor"));
}

TEST_CASE("status of what was not confirmed in time differs and names the way out",
          "[cli][status]") {
    Answers answers;
    answers.status.state = HostState::overdue;
    answers.status.confirm_by = "2026-01-02T03:04:05Z";
    const Printed printed = nanotune::test::nanotune(answers, {"status"});
    CHECK(printed.status == 2);
    CHECK_THAT(printed.out, Contains("overdue") && Contains("rollback  takes it back"));
    CHECK_THAT(printed.out, !Contains("nanotune confirm keeps"));
}

TEST_CASE("status that cannot be known is not called clean", "[cli][status]") {
    Answers answers;
    answers.status.state = HostState::unknown;
    answers.status.notes = {"open /run/nanotune/net-1.journal: Permission denied (EACCES)"};
    const Printed printed = nanotune::test::nanotune(answers, {"status"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.out,
               Contains("unknown") && Contains("Permission denied") && Contains("as root"));
    CHECK_THAT(nanotune::test::nanotune(answers, {"status", "--json"}).out,
               Contains(R"("state": "unknown")"));
}

TEST_CASE("status shows held settings with --verbose only", "[cli][status]") {
    Answers answers;
    answers.status.state = HostState::tuned;
    answers.status.rows = {row("nic.mtu", Target::nic("eth0"), "1500", "9000", Outcome::changed)};
    CHECK_THAT(nanotune::test::nanotune(answers, {"status"}).out, !Contains("nic.mtu"));
    CHECK_THAT(nanotune::test::nanotune(answers, {"status", "-v"}).out, Contains("nic.mtu"));
}

TEST_CASE("version lists plugins, and refused ones with the reason", "[cli][version]") {
    Answers answers;
    answers.plugins = {
        {.name = "nic", .file = "/plugins/nic.so", .summary = "Network devices.", .refused = {}},
        {.name = "old",
         .file = "/plugins/old.so",
         .summary = {},
         .refused = "built for interface 0"}};
    const Printed printed = nanotune::test::nanotune(answers, {"version"});
    CHECK(printed.status == 0);
    CHECK_THAT(printed.out, Contains("nanotune ") && Contains("Network devices."));
    CHECK(printed.error == "plugin old is refused: built for interface 0\n");
    CHECK(nanotune::test::nanotune(answers, {"--version"}).out == printed.out);
}
