#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "cli/json.hpp"
#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;
using Catch::Matchers::EndsWith;
using nanotune::test::Contains;

namespace {

/// A saved plan in a file of its own, removed at the end.
class PlanFile {
  public:
    explicit PlanFile(const std::string& text)
        : path_(std::filesystem::temp_directory_path() /
                ("nanotune-cli-" + std::to_string(::getpid()) + ".json")) {
        std::ofstream(path_) << text;
    }
    ~PlanFile() { std::filesystem::remove(path_); }
    PlanFile(const PlanFile&) = delete;
    PlanFile& operator=(const PlanFile&) = delete;
    PlanFile(PlanFile&&) = delete;
    PlanFile& operator=(PlanFile&&) = delete;

    [[nodiscard]] std::string path() const { return path_.string(); }

  private:
    std::filesystem::path path_;
};

cli::SavedPlan saved_plan() {
    cli::SavedPlan saved;
    saved.request = {.name = "hft", .overrides = {{.name = "mtu", .value = "9000"}}};
    saved.plan.verb = "plan";
    saved.plan.profile = "hft";
    saved.plan.rows = {row("nic.mtu", Target::nic("eth0"), "1500", "9000", Outcome::not_done)};
    saved.fingerprint = fingerprint_of(saved.plan);
    return saved;
}

}  // namespace

TEST_CASE("apply passes on what was asked for", "[cli][apply]") {
    Answers answers;
    const Printed printed = nanotune::test::nanotune(
        answers, {"apply", "hft", "--allow", "drops", "--allow", "management", "--strict",
                  "--timeout", "5s", "--wait", "2m"});
    CHECK(printed.status == 0);
    CHECK(answers.asked_apply.consent.drops);
    CHECK(answers.asked_apply.consent.management);
    CHECK_FALSE(answers.asked_apply.consent.bounces);
    CHECK(answers.asked_apply.strict);
    CHECK(answers.asked_apply.timeout == std::chrono::seconds(5));
    CHECK(answers.asked_options.patience == std::chrono::minutes(2));
    CHECK_FALSE(answers.asked_apply.confirm_within.has_value());
}

TEST_CASE("the exit status of apply is the report's", "[cli][apply]") {
    Answers answers;
    const int status = GENERATE(range(0, 8));
    answers.apply.exit = static_cast<Exit>(status);
    CHECK(nanotune::test::nanotune(answers, {"apply", "hft"}).status == status);
    CHECK(nanotune::test::nanotune(answers, {"apply", "hft", "--json"}).status == status);
}

TEST_CASE("apply tells what changed and what to do next", "[cli][apply]") {
    Answers answers;
    answers.apply.changed = true;
    answers.apply.rows = {
        row("nic.mtu", Target::nic("eth0"), "1500", "9000", Outcome::changed),
        row("nic.txqueuelen", Target::nic("eth0"), "1000", "1000", Outcome::unchanged)};
    const Printed printed = nanotune::test::nanotune(answers, {"apply", "hft"});
    CHECK_THAT(printed.out, Contains("1500   -> 9000") && Contains("hft is applied: 1 changed, 1 "
                                                                   "already as wanted."));
    CHECK_THAT(printed.out, Contains("nanotune rollback"));
}

TEST_CASE("a setting that the kernel refused is told with place and words", "[cli][apply]") {
    Answers answers;
    answers.apply.exit = Exit::rolled_back;
    answers.apply.rows = {
        row("nic.ring.rx", Target::nic("eth1"), "1024", "16384", Outcome::refused)};
    answers.apply.rows[0].message = "RINGS_SET: requested ring size exceeds maximum (EINVAL)";
    const Printed printed = nanotune::test::nanotune(answers, {"apply", "hft"});
    CHECK(printed.status == 4);
    CHECK_THAT(printed.error,
               Contains("/profiles/hft.toml:14:3: nic.ring.rx on eth1: RINGS_SET: requested ring "
                        "size exceeds maximum (EINVAL)"));
    CHECK_THAT(printed.error, Contains("as it was before"));
}

TEST_CASE("an apply that failed after it took another back does not deny that", "[cli][apply]") {
    Answers answers;
    answers.apply.exit = Exit::rolled_back;
    answers.apply.changed = true;
    const Printed printed = nanotune::test::nanotune(answers, {"apply", "hft"});
    CHECK(printed.status == 4);
    CHECK_THAT(printed.error, Contains("what was left open before is rolled back") &&
                                  !Contains("as it was before"));
}

TEST_CASE("that nothing was touched is said once", "[cli][apply][rollback]") {
    Answers answers;
    for (Report* const report : {&answers.apply, &answers.rollback}) {
        report->exit = Exit::refused;
        report->problems = {
            {.code = ErrorCode::denied, .message = "user 7 may not; nothing was touched"}};
    }
    CHECK_THAT(nanotune::test::nanotune(answers, {"apply", "hft"}).error,
               EndsWith("hft is not applied.\n"));
    CHECK_THAT(nanotune::test::nanotune(answers, {"rollback"}).error,
               EndsWith("Not rolled back.\n"));
    answers.apply.problems.front().message = "user 7 may not";
    CHECK_THAT(nanotune::test::nanotune(answers, {"apply", "hft"}).error,
               EndsWith("hft is not applied; nothing was touched.\n"));
}

TEST_CASE("unknown words of --allow are refused before anything is asked", "[cli][apply]") {
    Answers answers;
    const Printed printed = nanotune::test::nanotune(answers, {"apply", "hft", "--allow", "drop"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("drops"));
    CHECK(answers.calls.empty());
}

TEST_CASE("a --confirm that is no duration, or none at all, is refused", "[cli][apply]") {
    Answers answers;
    const auto text = GENERATE(as<std::string>{}, "soon", "0s", "10ms", "1500ms", "48h", "-5s");
    CHECK(nanotune::test::nanotune(answers, {"apply", "hft", "--confirm=" + text}).status == 1);
    CHECK(answers.calls.empty());
}

TEST_CASE("apply --confirm touches nothing when its guard does not start", "[cli][apply]") {
    Answers answers;
    cli::Surroundings surroundings;
    surroundings.program = GENERATE(as<std::string>{}, "/bin/false", "/nonexistent/nanotune");
    const Printed printed =
        nanotune::test::nanotune(answers, {"apply", "hft", "--confirm", "5s"}, surroundings);
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("guard") && Contains("nothing was touched"));
    CHECK(answers.calls.empty());
}

TEST_CASE("whoever ends the process is handed the service once nothing more is asked of it",
          "[cli][apply]") {
    Answers answers;
    cli::Surroundings surroundings;
    std::vector<std::unique_ptr<Service>> standing;
    surroundings.put_away = [&standing](std::unique_ptr<Service> service) {
        standing.push_back(std::move(service));
    };
    const auto words = GENERATE(values<std::vector<std::string>>(
        {{"apply", "hft"}, {"apply", "hft", "--json"}, {"verify"}}));
    CHECK(nanotune::test::nanotune(answers, words, surroundings).status == 0);
    REQUIRE(standing.size() == 1);
    CHECK(standing.front() != nullptr);
}

TEST_CASE("a saved plan that still holds is applied under its fingerprint", "[cli][apply]") {
    const PlanFile file(cli::json_of(saved_plan()));
    Answers answers;
    answers.plan = saved_plan().plan;
    CHECK(nanotune::test::nanotune(answers, {"apply", file.path()}).status == 0);
    CHECK(answers.calls == std::vector<std::string>{"plan", "apply"});
    CHECK(answers.asked_apply.expected_plan == saved_plan().fingerprint);
    REQUIRE(answers.profile().overrides.size() == 1);
    CHECK(answers.profile().overrides[0].value == "9000");
}

TEST_CASE("a saved plan is refused with what differs when the host changed", "[cli][apply]") {
    const PlanFile file(cli::json_of(saved_plan()));
    Answers answers;
    answers.plan = saved_plan().plan;
    answers.plan.rows[0].before = "1400";
    const Printed printed = nanotune::test::nanotune(answers, {"apply", file.path()});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error,
               Contains("nic.mtu on eth0: planned 1500 -> 9000, today 1400 -> 9000"));
    CHECK(answers.calls == std::vector<std::string>{"plan"});
}

TEST_CASE("a saved plan is refused with the device that is another one now", "[cli][apply]") {
    cli::SavedPlan saved = saved_plan();
    saved.plan.devices = {{.name = "eth0", .index = 4, .kind = "veth", .address = "02::1"}};
    saved.fingerprint = fingerprint_of(saved.plan);
    const PlanFile file(cli::json_of(saved));
    Answers answers;
    answers.plan = saved.plan;
    answers.plan.devices[0].address = "02::2";
    CHECK(nanotune::test::nanotune(answers, {"apply", file.path()}).status == 0);
    answers.calls.clear();
    answers.plan.devices[0].index = 9;
    const Printed printed = nanotune::test::nanotune(answers, {"apply", file.path()});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("eth0 is another device now: planned for number 4, veth, "
                                       "today number 9, veth"));
    CHECK(answers.calls == std::vector<std::string>{"plan"});
}

TEST_CASE("a saved plan of an older version, which does not know its devices, is refused as that",
          "[cli][apply]") {
    const cli::SavedPlan saved = saved_plan();
    std::string text = cli::json_of(saved);
    const std::string none = "\"devices\": [],";
    REQUIRE(text.contains(none));
    const PlanFile file(text.erase(text.find(none), none.size()));
    Answers answers;
    answers.plan = saved.plan;
    answers.plan.devices = {{.name = "eth0", .index = 4, .kind = "veth"}};
    const Printed printed = nanotune::test::nanotune(answers, {"apply", file.path()});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error,
               Contains("does not say which devices it was made for") && Contains("make it again"));
    CHECK(answers.calls == std::vector<std::string>{"plan"});
}

TEST_CASE(
    "a saved plan is refused with the profile where that says something else and would "
    "change the same",
    "[cli][apply]") {
    const PlanFile file(cli::json_of(saved_plan()));
    Answers answers;
    answers.plan = saved_plan().plan;
    answers.plan.profile_hash = "another";
    const Printed printed = nanotune::test::nanotune(answers, {"apply", file.path()});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("the profile says something else now"));
}

TEST_CASE("a saved plan that was edited is refused", "[cli][apply]") {
    std::string text = cli::json_of(saved_plan());
    text.replace(text.find("\"9000\",\n      \"got\""), 6, "\"9999\"");
    const PlanFile file(text);
    Answers answers;
    const Printed printed = nanotune::test::nanotune(answers, {"apply", file.path()});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("edited"));
    CHECK(answers.calls.empty());
}

TEST_CASE("a file that is no plan is refused", "[cli][apply]") {
    const auto text = GENERATE(as<std::string>{}, "", "{", "[]", "{}", "{\"verb\": \"plan\"}",
                               "{\"version\": 1, \"verb\": \"plan\", \"rows\": 3}");
    const PlanFile file(text);
    Answers answers;
    const Printed printed = nanotune::test::nanotune(answers, {"apply", file.path()});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains(file.path()));
    CHECK(answers.calls.empty());
}

TEST_CASE("a saved plan takes no --set", "[cli][apply]") {
    Answers answers;
    CHECK(nanotune::test::nanotune(answers, {"apply", "p.json", "--set", "a=b"}).status == 1);
    CHECK(answers.calls.empty());
}

TEST_CASE("rollback passes on what was asked for", "[cli][rollback]") {
    Answers answers;
    answers.rollback.exit = Exit::not_restored;
    const Printed printed =
        nanotune::test::nanotune(answers, {"rollback", "--all", "--force", "--allow=all"});
    CHECK(printed.status == 5);
    CHECK(answers.asked_rollback.all);
    CHECK(answers.asked_rollback.force);
    CHECK(answers.asked_rollback.consent.clock);
    CHECK(answers.calls == std::vector<std::string>{"rollback"});
}

TEST_CASE("rollback --plan only plans", "[cli][rollback]") {
    Answers answers;
    answers.rollback.rows = {
        row("nic.mtu", Target::nic("eth0"), "9000", "1500", Outcome::not_done)};
    const Printed printed = nanotune::test::nanotune(answers, {"rollback", "--plan"});
    CHECK(answers.calls == std::vector<std::string>{"rollback_plan"});
    CHECK_THAT(printed.out, Contains("9000 -> 1500") && Contains("nanotune rollback"));
}
