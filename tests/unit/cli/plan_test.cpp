#include "cli/text.hpp"
#include "plan_of_three.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

TEST_CASE("plan shows one line for the same change of several CPUs", "[cli][plan]") {
    Answers answers;
    answers.plan = plan_of_three();
    const Printed printed = nanotune::test::nanotune(answers, {"plan", "hft"});
    CHECK(printed.status == 2);
    CHECK_THAT(printed.out, Contains("cpu.governor  cpu2-3  powersave -> performance"));
    CHECK_THAT(printed.out, !Contains("rmem_max"));
}

TEST_CASE("plan counts and says which command applies it", "[cli][plan]") {
    Answers answers;
    answers.plan = plan_of_three();
    const Printed printed = nanotune::test::nanotune(answers, {"plan", "hft", "--set", "a=b c"});
    CHECK_THAT(printed.out, Contains("3 changes, 1 already as wanted."));
    CHECK_THAT(printed.out,
               Contains("Apply it with: nanotune apply hft --set 'a=b c' --allow drops"));
    REQUIRE(answers.profile().overrides.size() == 1);
    CHECK(answers.profile().overrides[0].name == "a");
    CHECK(answers.profile().overrides[0].value == "b c");
}

TEST_CASE("plan shows every row by itself with --verbose", "[cli][plan]") {
    Answers answers;
    answers.plan = plan_of_three();
    const Printed printed = nanotune::test::nanotune(answers, {"plan", "hft", "--verbose"});
    CHECK_THAT(printed.out, Contains("cpu2 ") && Contains("cpu3 ") && Contains("rmem_max"));
}

TEST_CASE("plan of a host as wanted says that nothing is to do", "[cli][plan]") {
    Answers answers;
    answers.plan.rows = {row("nic.mtu", Target::nic("eth0"), "1500", "1500", Outcome::unchanged)};
    const Printed printed = nanotune::test::nanotune(answers, {"plan", "hft"});
    CHECK(printed.status == 0);
    CHECK_THAT(printed.out, Contains("nothing to do"));
    CHECK_THAT(printed.out, !Contains("SETTING"));
    CHECK(printed.out.starts_with("1 already as wanted.\n"));
}

TEST_CASE("a plan that only a reboot finishes begins with its table", "[cli][plan]") {
    Answers answers;
    answers.plan.exit = Exit::reboot_needed;
    answers.plan.rows = {
        row("boot.isolcpus", Target::host(), "none", "2-3", Outcome::needs_reboot)};
    const Printed printed = nanotune::test::nanotune(answers, {"plan", "hft-boot"});
    CHECK(printed.status == 3);
    CHECK(printed.out.starts_with("SETTING"));
    CHECK_THAT(printed.out, Contains("is printed by: nanotune boot hft-boot\n"));
}

TEST_CASE("plan shows every row that it counts as left or different", "[cli][plan]") {
    Answers answers;
    answers.plan.exit = Exit::differs;
    answers.plan.rows = {
        row("nic.mtu", Target::nic("eth0"), "1400", "1500", Outcome::overridden),
        row("numa.colocate", Target::nic("eth1"), "apart", "together", Outcome::differs)};
    const Printed printed = nanotune::test::nanotune(answers, {"plan", "hft"});
    CHECK_THAT(printed.out, Contains("nic.mtu") && Contains("overridden") &&
                                Contains("numa.colocate") && Contains("differs"));
    CHECK(printed.status == 2);
    CHECK(printed.out.ends_with("1 different, 1 left as somebody else set them.\n"));
}

TEST_CASE("problems of a profile go to standard error, one a line", "[cli][plan]") {
    Answers answers;
    answers.plan.exit = Exit::refused;
    answers.plan.problems = {{.message = "hft.toml:3:1: unknown key"},
                             {.message = "hft.toml:9:2: out of range"}};
    const Printed printed = nanotune::test::nanotune(answers, {"plan", "hft"});
    CHECK(printed.status == 1);
    CHECK(printed.error ==
          "hft.toml:3:1: unknown key\nhft.toml:9:2: out of range\nhft cannot be applied as it "
          "stands.\n");
}

TEST_CASE("a plan on 80 columns keeps within them", "[cli][plan]") {
    Answers answers;
    answers.plan = plan_of_three();
    answers.plan.rows.push_back(row("nic.features.tx-generic-segmentation-offload-long",
                                    Target::nic("enp175s0f1np1"), "true", "false",
                                    Outcome::not_done));
    answers.plan.rows.back().message =
        "known only after nic.channels.combined, which makes the queues that this setting is for";
    cli::Surroundings surroundings;
    surroundings.width = 80;
    const Printed printed = nanotune::test::nanotune(answers, {"plan", "hft"}, surroundings);
    std::string_view rest = printed.out;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        INFO(line);
        CHECK(cli::columns_of(line) <= 80);
        rest.remove_prefix(line.size() + 1);
    }
}

TEST_CASE("colour appears only when asked for or on a terminal", "[cli][colour]") {
    Answers answers;
    answers.plan = plan_of_three();
    cli::Surroundings terminal;
    terminal.out_is_terminal = true;
    cli::Surroundings refusing = terminal;
    refusing.refuses_colour = true;
    const std::vector<std::string> words = {"plan", "hft"};
    CHECK_THAT(nanotune::test::nanotune(answers, words).out, !Contains("\033"));
    CHECK_THAT(nanotune::test::nanotune(answers, words, terminal).out, Contains("\033"));
    CHECK_THAT(nanotune::test::nanotune(answers, words, refusing).out, !Contains("\033"));
    CHECK_THAT(nanotune::test::nanotune(answers, {"plan", "hft", "--color=always"}).out,
               Contains("\033"));
}

TEST_CASE("a plan over what is to be taken back advises to take it back first", "[cli][plan]") {
    Answers answers;
    answers.plan = plan_of_three();
    answers.plan.exit = Exit::differs;
    answers.plan.state = GENERATE(HostState::overdue, HostState::interrupted);
    const Printed printed = nanotune::test::nanotune(answers, {"plan", "./hft.toml"});
    CHECK_THAT(printed.out, Contains("nanotune rollback"));
    CHECK_FALSE(printed.out.contains("nanotune apply"));
    CHECK_FALSE(printed.out.contains("nothing to do"));
}

TEST_CASE("a plan advises no consent where none helps", "[cli][plan]") {
    Answers answers;
    Row forbidden = row("nic.channels.combined", Target::nic("eth0"), "4", "2", Outcome::not_done);
    forbidden.impact = Impact::drops_packets;
    forbidden.allow = "drops";
    forbidden.message = "the profile forbids what drops";
    forbidden.is_barred = true;
    answers.plan.rows = {forbidden};
    answers.plan.exit = Exit::differs;
    answers.plan.profile = "hft";
    const Printed printed = nanotune::test::nanotune(answers, {"plan", "hft"});
    INFO(printed.out << printed.error);
    CHECK_THAT(printed.out, Contains("the profile forbids what drops") && !Contains("Apply it") &&
                                !Contains("--allow drops"));
    CHECK_THAT(printed.error, Contains("hft cannot be applied as it stands"));
}

TEST_CASE("the option --allow without a word is refused with the list of words", "[cli][plan]") {
    Answers answers;
    const Printed printed = nanotune::test::nanotune(answers, {"apply", "hft", "--allow", ""});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("drops, bounces, moves, clock, management or all"));
    CHECK(answers.calls.empty());
}
