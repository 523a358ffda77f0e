#include <filesystem>
#include <fstream>

#include "cli/json.hpp"
#include "cli/text.hpp"
#include "fake_service.hpp"
#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

Report plan_of_three() {
    Report plan;
    plan.profile = "/profiles/hft.toml";
    plan.rows = {
        row("nic.ring.rx", Target::nic("eth0"), "512", "1024", Outcome::not_done),
        row("cpu.governor", Target::cpu(2), "powersave", "performance", Outcome::not_done),
        row("cpu.governor", Target::cpu(3), "powersave", "performance", Outcome::not_done),
        row("sysctl.net.core.rmem_max", Target::host(), "8MiB", "8MiB", Outcome::unchanged)};
    plan.rows[0].impact = Impact::drops_packets;
    plan.rows[0].allow = "drops";
    plan.exit = Exit::differs;
    return plan;
}

}  // namespace

TEST_CASE("plan shows one line for the same change of several CPUs", "[cli][plan]") {
    Answers answers;
    answers.plan = plan_of_three();
    const Printed printed = nanotune::test::nanotune(answers, {"plan", "hft"});
    CHECK(printed.status == 2);
    CHECK_THAT(printed.out, Contains("cpu.governor  cpu2-3  powersave -> performance"));
    CHECK_THAT(printed.out, !Contains("rmem_max"));
}

TEST_CASE("a plan is not kept in a file without a name", "[cli][plan]") {
    Answers answers;
    const Printed printed = nanotune::test::nanotune(answers, {"plan", "hft", "--out", ""});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("--out: the name of a file is missing"));
    CHECK(answers.calls.empty());
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

TEST_CASE("plan --out writes what apply reads back", "[cli][plan][json]") {
    const auto file = std::filesystem::temp_directory_path() / "nanotune-cli-plan-out.json";
    Answers answers;
    answers.plan = plan_of_three();
    cli::Surroundings surroundings;
    surroundings.working_folder = "/home/op";
    const Printed planned = nanotune::test::nanotune(
        answers, {"plan", "./hft.toml", "--set", "mtu=9000", "--out", file.string()}, surroundings);
    CHECK_THAT(planned.out, Contains("nanotune apply " + file.string()));

    std::ifstream stream(file);
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    const auto saved = cli::saved_plan_of(text);
    REQUIRE(saved.has_value());
    CHECK(saved->request.name == "/home/op/hft.toml");
    CHECK(saved->fingerprint == fingerprint_of(answers.plan));
    CHECK(saved->plan.rows.size() == 4);
    std::filesystem::remove(file);
}

TEST_CASE("plan --out writes no file for a plan that failed", "[cli][plan]") {
    const ScratchFolder folder;
    const std::string file = folder.path() + "/plan.json";
    const auto problem = GENERATE(ErrorCode::invalid, ErrorCode::timed_out);
    Answers answers;
    answers.plan.exit = problem == ErrorCode::invalid ? Exit::refused : Exit::lock_or_timeout;
    answers.plan.problems = {{.code = problem, .message = "hft.toml:3:1: it is wrong"}};
    const std::vector<std::string> words = {"plan", "./hft.toml", "--out", file};
    SECTION("where there is none") {
        const Printed printed = nanotune::test::nanotune(answers, words);
        CHECK(printed.status == static_cast<int>(answers.plan.exit));
        CHECK_FALSE(std::filesystem::exists(file));
        CHECK_THAT(printed.error, Contains(file + ": not written"));
    }
    SECTION("where an older one stands, which is said") {
        Report plan = plan_of_three();
        plan.verb = "plan";
        const std::string older = cli::json_of({.request = {.name = "hft", .overrides = {}},
                                                .fingerprint = fingerprint_of(plan),
                                                .plan = plan});
        std::ofstream(file) << older;
        const Printed printed = nanotune::test::nanotune(answers, words);
        CHECK_THAT(printed.error, Contains(file + ": not written") && Contains("is an older plan"));
        std::ifstream stream(file);
        CHECK(std::string((std::istreambuf_iterator<char>(stream)), {}) == older);
    }
}

TEST_CASE("plan --out replaces no file that is something else than a plan", "[cli][plan]") {
    const ScratchFolder folder;
    const std::string file = folder.path() + "/hft.toml";
    const std::string profile = "[nic.eth0]\nmtu = 1400\n";
    std::ofstream(file) << profile;
    Answers answers;
    const Printed printed =
        nanotune::test::nanotune(answers, {"plan", "./hft.toml", "--out", file});
    CHECK(printed.status == static_cast<int>(Exit::refused));
    CHECK_THAT(printed.error, Contains("--out " + file + ": it holds something else than a plan"));
    std::ifstream stream(file);
    CHECK(std::string((std::istreambuf_iterator<char>(stream)), {}) == profile);
}

TEST_CASE("plan --out replaces a plan of another version, and one that was edited", "[cli][plan]") {
    const ScratchFolder folder;
    const std::string file = folder.path() + "/plan.json";
    Answers answers;
    answers.plan = plan_of_three();
    const std::vector<std::string> words = {"plan", "./hft.toml", "--out", file};
    REQUIRE(nanotune::test::nanotune(answers, words).status == 2);
    std::ifstream first(file);
    const std::string whole((std::istreambuf_iterator<char>(first)), {});
    std::string other = whole;
    const auto [from, to] = GENERATE(std::pair<std::string, std::string>("sion\": 1", "sion\": 99"),
                                     std::pair<std::string, std::string>("\"512\"", "\"513\""));
    REQUIRE(other.contains(from));
    other.replace(other.find(from), from.size(), to);
    std::ofstream(file) << other;
    const Printed printed = nanotune::test::nanotune(answers, words);
    INFO(printed.error);
    CHECK(printed.status == 2);
    std::ifstream again(file);
    CHECK(std::string((std::istreambuf_iterator<char>(again)), {}) == whole);
}

TEST_CASE("plan --out replaces no other document of nanotune", "[cli][plan]") {
    const ScratchFolder folder;
    const std::string file = folder.path() + "/status.json";
    std::ofstream(file) << R"({"version": 1, "verb": "status"})";
    Answers answers;
    CHECK(nanotune::test::nanotune(answers, {"plan", "./hft.toml", "--out", file}).status == 1);
}

TEST_CASE("a plan made while another nanotune is at work is none to apply", "[cli][plan]") {
    const ScratchFolder folder;
    Answers answers;
    answers.plan = plan_of_three();
    answers.plan.exit = Exit::lock_or_timeout;
    answers.plan.state = HostState::unknown;
    const std::string file = folder.path() + "/plan.json";
    const Printed printed = nanotune::test::nanotune(answers, {"plan", "hft", "--out", file});
    CHECK(printed.status == 7);
    CHECK_THAT(printed.out, !Contains("Apply it with") && !Contains("nothing to do"));
    CHECK_THAT(
        printed.error,
        Contains("not written, as another nanotune is at work: what it does has no end yet") &&
            !Contains("cannot be applied as it stands"));
    CHECK_FALSE(std::filesystem::exists(file));
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

TEST_CASE("plan --out advises a command that finds the file again", "[cli][plan]") {
    const ScratchFolder folder;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    Answers answers;
    answers.plan = plan_of_three();
    CHECK_THAT(nanotune::test::nanotune(answers, {"plan", "hft", "--out", "saved"}).out,
               Contains("nanotune apply ./saved --allow drops"));
    CHECK(nanotune::test::nanotune(answers, {"apply", "./saved"}).status == 0);
    CHECK(answers.asked_apply.expected_plan == fingerprint_of(answers.plan));
    std::filesystem::current_path(before);
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
