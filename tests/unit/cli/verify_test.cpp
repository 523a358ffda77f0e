#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

TEST_CASE("verify says that a host is as wanted, or that what was applied still stands",
          "[cli][verify]") {
    Answers answers;
    answers.verify.profile = "hft";
    answers.verify.rows = {row("nic.mtu", Target::nic("eth0"), "9000", "9000", Outcome::unchanged)};
    const Printed printed = nanotune::test::nanotune(answers, {"verify"});
    CHECK(printed.status == 0);
    CHECK(printed.out == "What hft set still stands: 1 setting.\n");
    CHECK_FALSE(answers.asked_profile.has_value());
    CHECK(nanotune::test::nanotune(answers, {"verify", "hft"}).out ==
          "This host is as hft wants it: 1 setting.\n");
    CHECK(answers.calls == std::vector<std::string>{"verify", "verify"});
}

TEST_CASE("verify of a profile without settings says so, too", "[cli][verify]") {
    Answers answers;
    answers.verify.profile = "none";
    CHECK(nanotune::test::nanotune(answers, {"verify"}).out ==
          "What none set still stands: 0 settings.\n");
    CHECK(nanotune::test::nanotune(answers, {"verify", "none"}).out ==
          "This host is as none wants it: 0 settings.\n");
}

TEST_CASE("verify of what stands says where to see what was never reached", "[cli][verify]") {
    Answers answers;
    answers.verify.profile = "hft";
    answers.verify.state = HostState::degraded;
    answers.verify.rows = {row("nic.mtu", Target::nic("eth0"), "9000", "9000", Outcome::unchanged)};
    answers.status.state = HostState::degraded;
    answers.status.profile = "hft";
    answers.status.overrides = {{.name = "mtu", .value = "9000"}};
    CHECK_THAT(nanotune::test::nanotune(answers, {"verify"}).out,
               Contains("is shown by: nanotune verify hft --set mtu=9000"));
    CHECK_THAT(nanotune::test::nanotune(answers, {"status"}).out,
               Contains("nanotune verify hft --set mtu=9000"));
    CHECK_THAT(nanotune::test::nanotune(answers, {"verify", "hft"}).out, !Contains("is shown by"));
}

TEST_CASE("verify asks for the words of all its hints once", "[cli][verify]") {
    Answers answers;
    answers.verify.profile = "hft";
    answers.verify.exit = Exit::differs;
    answers.verify.rows = {row("nic.mtu", Target::nic("eth0"), "1500", "9000", Outcome::differs),
                           row("boot.nosmt", Target::host(), "", "on", Outcome::needs_reboot)};
    answers.status.overrides = {{.name = "mtu", .value = "9000"}};
    const std::string said = nanotune::test::nanotune(answers, {"verify"}).out;
    CHECK_THAT(said, Contains("nanotune apply hft --set mtu=9000") &&
                         Contains("nanotune boot hft --set mtu=9000"));
    CHECK(answers.calls == std::vector<std::string>{"verify", "status"});
}

TEST_CASE("verify of what stands says so of a host that is left in part, too", "[cli][verify]") {
    Answers answers;
    answers.verify.profile = "hft";
    answers.verify.state = HostState::degraded;
    answers.verify.exit = Exit::differs;
    answers.status.state = HostState::degraded;
    answers.status.profile = "hft";
    CHECK_THAT(nanotune::test::nanotune(answers, {"verify"}).out,
               Contains("what is missing is shown by: nanotune verify hft\n"));
}

TEST_CASE("verify sends nobody to a rollback of nothing", "[cli][verify]") {
    Answers answers;
    answers.verify.exit = Exit::differs;
    answers.verify.state = GENERATE(HostState::clean, HostState::degraded);
    const std::string said = nanotune::test::nanotune(answers, {"verify"}).out;
    CHECK_THAT(said, Contains("What stands, and what to do next, is told by: nanotune status\n"));
    CHECK_THAT(said, !Contains("rollback"));
}

TEST_CASE("verify lists what differs, with wanted and got", "[cli][verify]") {
    Answers answers;
    answers.verify.profile = "hft";
    answers.verify.exit = Exit::differs;
    answers.verify.rows = {
        row("nic.mtu", Target::nic("eth0"), "1500", "9000", Outcome::differs),
        row("nic.txqueuelen", Target::nic("eth0"), "1000", "1000", Outcome::unchanged)};
    const Printed printed = nanotune::test::nanotune(answers, {"verify", "hft"});
    CHECK(printed.status == 2);
    CHECK_THAT(printed.out, Contains("nic.mtu  eth0    9000    1500  differs  hft.toml:14"));
    CHECK_THAT(printed.out, !Contains("txqueuelen"));
    CHECK_THAT(printed.out, Contains("1 of 2 settings not as hft wants."));
    CHECK_THAT(printed.out, Contains("nanotune apply hft"));
}

TEST_CASE("verify of a clean host says that nothing is applied", "[cli][verify]") {
    Answers answers;
    answers.verify.notes = {"nothing is applied"};
    const Printed printed = nanotune::test::nanotune(answers, {"verify"});
    CHECK(printed.status == 0);
    CHECK(printed.out == "note: nothing is applied\n");
}

TEST_CASE("verify --set without a profile is refused", "[cli][verify]") {
    Answers answers;
    CHECK(nanotune::test::nanotune(answers, {"verify", "--set", "a=b"}).status == 1);
    CHECK(answers.calls.empty());
}

TEST_CASE("verify of a profile advises also where the journal cannot be read", "[cli][verify]") {
    Answers answers;
    answers.verify.profile = "hft";
    answers.verify.exit = Exit::differs;
    answers.verify.state = HostState::unknown;
    answers.verify.rows = {row("nic.mtu", Target::nic("eth0"), "1500", "9000", Outcome::differs)};
    const Printed printed = nanotune::test::nanotune(answers, {"verify", "hft"});
    CHECK(printed.status == 2);
    CHECK_THAT(printed.out, Contains("Put it right with: nanotune apply hft"));
}

TEST_CASE("verify advises nothing while another nanotune is at work", "[cli][verify]") {
    Answers answers;
    answers.verify.profile = "hft";
    answers.verify.exit = Exit::lock_or_timeout;
    answers.verify.state = HostState::unknown;
    answers.verify.rows = {row("nic.mtu", Target::nic("eth0"), "9000", "9000", Outcome::unchanged),
                           row("boot.nosmt", Target::host(), "", "on", Outcome::needs_reboot)};
    const Printed printed = nanotune::test::nanotune(answers, {"verify", "hft"});
    CHECK(printed.status == 7);
    CHECK_THAT(printed.out, !Contains("as hft wants it") && !Contains("Put it right with") &&
                                !Contains("nanotune boot"));
}

TEST_CASE("verify shows what is as wanted but not in force yet", "[cli][verify]") {
    Answers answers;
    answers.verify.profile = "hft";
    answers.verify.rows = {row("irq.affinity", Target::irq(41), "4", "4", Outcome::pending),
                           row("nic.mtu", Target::nic("eth0"), "9000", "9000", Outcome::unchanged)};
    answers.verify.rows[0].message = "effective 0";
    const Printed printed = nanotune::test::nanotune(answers, {"verify"});
    CHECK(printed.status == 0);
    CHECK_THAT(printed.out, Contains("irq.affinity  irq 41  4       4    pending") &&
                                Contains("effective 0") && !Contains("nic.mtu"));
    CHECK_THAT(printed.out,
               Contains("What hft set still stands: 2 settings, 1 of them not in force yet.\n"));
}
