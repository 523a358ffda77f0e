#include <algorithm>

#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

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

TEST_CASE("who is not told what is held looks before undoing it", "[cli][status]") {
    Answers answers;
    answers.status.state = HostState::tuned;
    answers.status.profile = "hft";
    answers.status.settings_held = 42;
    CHECK_THAT(nanotune::test::nanotune(answers, {"status"}).out,
               Contains("nanotune rollback --plan"));
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

TEST_CASE("status says that something has drifted, and what shows the way back", "[cli][status]") {
    Answers answers;
    answers.status.state = HostState::tuned;
    answers.status.profile = "hft";
    answers.status.drifted = {
        row("nic.mtu", Target::nic("eth0"), "9000", "1500", Outcome::differs)};
    const std::string said = nanotune::test::nanotune(answers, {"status"}).out;
    CHECK_THAT(said, Contains("state    tuned, drifted\n"));
    CHECK(said.ends_with("next  nanotune plan hft  shows what an apply would put right\n"));
}

TEST_CASE("status leads out of what a rollback cannot end", "[cli][status]") {
    Answers answers;
    answers.status.state = HostState::degraded;
    const std::string lost = nanotune::test::nanotune(answers, {"status"}).out;
    CHECK_THAT(lost, Contains("nanotune rollback --all --force  takes what is lost as it is now"));
    CHECK_THAT(lost, !Contains("undoes the rest"));

    answers.status.left = {row("nic.mtu", Target::nic("eth0"), "1500", "1500", Outcome::away)};
    const std::string away = nanotune::test::nanotune(answers, {"status"}).out;
    CHECK_THAT(away, Contains("nanotune rollback  restores what is away, once it is back\n"));
    CHECK_THAT(away, Contains("nanotune rollback --all --force  forgets it"));
    CHECK_THAT(away, !Contains("undoes the rest"));
    answers.status.left.front().outcome = Outcome::gone;
    CHECK_THAT(nanotune::test::nanotune(answers, {"status"}).out,
               Catch::Matchers::EndsWith("nanotune rollback  forgets what is no more\n"));
    answers.status.left.front().outcome = Outcome::not_done;
    CHECK_THAT(nanotune::test::nanotune(answers, {"status"}).out,
               Catch::Matchers::EndsWith("nanotune rollback  restores what is back\n"));
}

TEST_CASE("status fits one screen, and ends with the next safe command", "[cli][status]") {
    Answers answers;
    answers.status.state = HostState::degraded;
    answers.status.profile = "hft";
    answers.status.applied_at = "2026-01-02T03:04:05Z";
    answers.status.settings_held = 42;
    answers.status.applies = 2;
    answers.status.frozen = Frozen{.reason = "trading hours", .by = "root"};
    for (int at = 0; at < 30; ++at) {
        Row drifted = row("nic.mtu", {"device", "eth" + std::to_string(at)}, "1400", "1400",
                          Outcome::differs);
        drifted.message =
            "by somebody whose name is long enough to be broken into two lines, or more";
        answers.status.drifted.push_back(drifted);
        answers.status.left.push_back(drifted);
        answers.status.left.back().before = std::to_string(1000 + at);
        answers.status.stranded.push_back(answers.status.left.back());
        answers.status.notes.push_back("a note, number " + std::to_string(at));
    }
    const auto lines_of = [](const std::string& text) { return std::ranges::count(text, '\n'); };
    const auto last_of = [](std::string text) {
        text.pop_back();
        return text.substr(text.rfind('\n') + 1);
    };
    cli::Surroundings terminal;
    terminal.width = 80;
    const std::string shown = nanotune::test::nanotune(answers, {"status"}, terminal).out;
    CHECK(lines_of(shown) < 24);
    CHECK(last_of(shown) == "next  nanotune verify hft  shows what is not as wanted");
    CHECK_THAT(shown, Contains("LEFT BY ROLLBACK: 30, --verbose shows them"));

    answers.status.left.clear();
    answers.status.stranded.clear();
    answers.status.notes.clear();
    const std::string less = nanotune::test::nanotune(answers, {"status"}, terminal).out;
    CHECK(lines_of(less) < 24);
    CHECK_THAT(less, Contains("eth1 ") && Contains("more: --verbose shows them"));

    const std::string all =
        nanotune::test::nanotune(answers, {"status", "--verbose"}, terminal).out;
    CHECK_THAT(all, Contains("eth29"));
    CHECK_THAT(nanotune::test::nanotune(answers, {"status"}).out, Contains("eth29"));
    CHECK(last_of(all) == "next  nanotune verify hft  shows what is not as wanted");
}
