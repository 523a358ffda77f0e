// What `plan --out` keeps, and what it never replaces.
#include <filesystem>
#include <fstream>

#include "cli/json.hpp"
#include "plan_of_three.hpp"
#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

TEST_CASE("a plan is not kept in a file without a name", "[cli][plan]") {
    Answers answers;
    const Printed printed = nanotune::test::nanotune(answers, {"plan", "hft", "--out", ""});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("--out: the name of a file is missing"));
    CHECK(answers.calls.empty());
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
