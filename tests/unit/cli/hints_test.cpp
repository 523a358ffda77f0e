// Commands that nanotune suggests work as they are when they are pasted.
#include <filesystem>
#include <fstream>

#include "cli/json.hpp"
#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

const std::vector<std::string> folders = {"--state-dir", "my state", "--plugin-dir", "/p"};
const std::string said = " --state-dir '/home/op/my state' --plugin-dir /p";

cli::Surroundings at_home() {
    cli::Surroundings surroundings;
    surroundings.working_folder = "/home/op";
    return surroundings;
}

Printed with_folders(Answers& answers, std::vector<std::string> words) {
    words.insert(words.end(), folders.begin(), folders.end());
    return nanotune::test::nanotune(answers, words, at_home());
}

Report applied() {
    Report report;
    report.profile = "hft";
    report.changed = true;
    report.state = HostState::tuned;
    report.rows = {row("nic.ring.rx", Target::nic("eth0"), "512", "1024", Outcome::changed)};
    return report;
}

Report kept_back() {
    Report report;
    report.profile = "hft";
    report.exit = Exit::consent_missing;
    report.rows = {row("nic.ring.rx", Target::nic("eth0"), "512", "1024", Outcome::refused)};
    report.rows[0].impact = Impact::drops_packets;
    report.rows[0].allow = "drops";
    report.rows[0].message = "needs --allow drops";
    return report;
}

}  // namespace

TEST_CASE("suggested commands keep the folders that were given", "[cli][hints]") {
    Answers answers;
    answers.plan.exit = Exit::differs;
    answers.plan.rows = {row("nic.mtu", Target::nic("eth0"), "1500", "9000", Outcome::not_done),
                         row("boot.isolcpus", Target::host(), "", "2", Outcome::needs_reboot)};
    const Printed plan = with_folders(answers, {"plan", "hft"});
    CHECK_THAT(plan.out, Contains("Apply it with: nanotune apply hft" + said + "\n"));
    CHECK_THAT(plan.out, Contains("nanotune boot hft" + said + "\n"));

    answers.apply = applied();
    const Printed apply = with_folders(answers, {"apply", "hft"});
    CHECK_THAT(apply.out, Contains("Check it with: nanotune verify" + said + "\n"));
    CHECK_THAT(apply.out, Contains("Undo it with: nanotune rollback" + said + "\n"));

    answers.apply.state = HostState::awaiting_confirmation;
    CHECK_THAT(with_folders(answers, {"apply", "hft"}).out,
               Contains("Keep it with: nanotune confirm" + said + "\n"));

    answers.apply.changed = false;  // as it was already: what awaits is that it is held
    answers.apply.rows.clear();
    CHECK_THAT(
        with_folders(answers, {"apply", "hft"}).out,
        Contains("Nothing to do") && Contains("Keep it with: nanotune confirm" + said + "\n"));

    answers.status.state = HostState::tuned;
    CHECK_THAT(with_folders(answers, {"status"}).out, Contains("nanotune rollback" + said + "  "));

    answers.verify.exit = Exit::differs;
    answers.verify.profile = "hft";
    answers.verify.rows = {row("nic.mtu", Target::nic("eth0"), "", "9000", Outcome::differs)};
    CHECK_THAT(with_folders(answers, {"verify"}).out,
               Contains("Put it right with: nanotune apply hft" + said + "\n"));
    CHECK_THAT(with_folders(answers, {"verify", "hft", "--set", "a=b"}).out,
               Contains("Put it right with: nanotune apply hft --set a=b" + said + "\n"));

    answers.rollback.rows = {
        row("nic.mtu", Target::nic("eth0"), "9000", "1500", Outcome::not_done)};
    CHECK_THAT(with_folders(answers, {"rollback", "--plan", "--all"}).out,
               Contains("Do it with: nanotune rollback --all" + said + "\n"));
}

TEST_CASE("the command that allows more is the operator's own, with all that it said",
          "[cli][hints]") {
    Answers answers;
    answers.apply = kept_back();
    const Printed apply =
        nanotune::test::nanotune(answers,
                                 {"apply", "./my hft.toml", "--strict", "--set", "mtu=9000",
                                  "--allow", "clock", "--set", "feeds=eth0"},
                                 at_home());
    CHECK(apply.status == 6);
    CHECK_THAT(apply.error, Contains("Allow it with: nanotune apply './my hft.toml' --set mtu=9000 "
                                     "--set feeds=eth0 --strict --allow clock,drops\n"));
    answers.rollback = kept_back();
    CHECK_THAT(nanotune::test::nanotune(answers, {"rollback", "--all", "--force"}).error,
               Contains("Allow it with: nanotune rollback --all --force --allow drops\n"));
}

TEST_CASE("the command that allows more says no word twice, and nor must the operator",
          "[cli][hints]") {
    Answers answers;
    answers.apply = kept_back();
    answers.apply.rows[0].message = "eth0 carries the default route: needs --allow management";
    answers.apply.rows[0].allow = "drops,management";
    const Printed apply =
        nanotune::test::nanotune(answers, {"apply", "hft", "--allow", "drops,clock,drops"});
    CHECK(apply.status == 6);
    CHECK(answers.asked_apply.consent.drops);
    CHECK_THAT(apply.error,
               Contains("Allow it with: nanotune apply hft --allow drops,clock,management\n"));
}

TEST_CASE("after a saved plan was kept back, the plan is suggested, not its profile",
          "[cli][hints]") {
    const auto file = std::filesystem::temp_directory_path() / "nanotune-cli-hints.json";
    Answers answers;
    answers.apply = kept_back();
    cli::SavedPlan saved;
    saved.plan.verb = "plan";
    saved.request.name = "hft";
    saved.fingerprint = fingerprint_of(answers.plan);
    std::ofstream(file) << cli::json_of(saved);
    const Printed apply = nanotune::test::nanotune(answers, {"apply", file.string()});
    std::filesystem::remove(file);
    CHECK_THAT(apply.error,
               Contains("Allow it with: nanotune apply " + file.string() + " --allow drops\n"));
}

TEST_CASE("a plan for the operator's own NIC says that its apply must allow it", "[cli][hints]") {
    Answers answers;
    answers.plan.exit = Exit::differs;
    answers.plan.rows = {row("nic.mtu", Target::nic("eth0"), "1500", "9000", Outcome::not_done)};
    answers.plan.rows[0].impact = Impact::drops_packets;
    answers.plan.rows[0].message = "eth0 carries the default route: needs --allow management";
    answers.plan.rows[0].allow = "drops,management";
    CHECK_THAT(nanotune::test::nanotune(answers, {"plan", "hft"}).out,
               Contains("Apply it with: nanotune apply hft --allow drops,management\n"));
}

TEST_CASE("nanotune is suggested as it was called", "[cli][hints]") {
    Answers answers;
    answers.apply = applied();
    cli::Surroundings surroundings;
    surroundings.called = "build/bin/nanotune";
    CHECK_THAT(nanotune::test::nanotune(answers, {"apply", "hft"}, surroundings).out,
               Contains("Undo it with: build/bin/nanotune rollback\n"));
}

TEST_CASE("the command that undoes an apply allows what that takes", "[cli][hints]") {
    Answers answers;
    answers.apply = applied();
    answers.apply.rows[0].allow = "drops,management";
    answers.apply.rows.push_back(row("cpu.smt", Target::host(), "on", "off", Outcome::unchanged));
    answers.apply.rows[1].allow = "moves";
    CHECK_THAT(nanotune::test::nanotune(answers, {"apply", "hft"}).out,
               Contains("Undo it with: nanotune rollback --allow drops,management\n"));
}

TEST_CASE("no consent is advised where the profile itself stands against a change",
          "[cli][hints]") {
    Answers answers;
    answers.apply = kept_back();
    answers.apply.rows.push_back(answers.apply.rows[0]);
    answers.apply.rows[1].is_barred = true;
    const Printed apply = nanotune::test::nanotune(answers, {"apply", "hft"});
    CHECK_THAT(apply.error, !Contains("Allow it with") && Contains("No --allow lets through"));
    answers.verify.profile = "hft";
    answers.verify.exit = Exit::differs;
    answers.verify.rows = answers.apply.rows;
    answers.verify.rows[1].outcome = Outcome::differs;
    CHECK_THAT(nanotune::test::nanotune(answers, {"verify", "hft"}).out,
               !Contains("Put it right with"));
}

TEST_CASE("what is gone is not advised to be put right", "[cli][hints]") {
    Answers answers;
    answers.verify.profile = "hft";
    answers.verify.exit = Exit::differs;
    answers.verify.rows = {row("nic.mtu", Target::nic("eth0"), "", "9000", Outcome::gone)};
    CHECK_THAT(nanotune::test::nanotune(answers, {"verify"}).out,
               !Contains("nanotune apply") && Contains("before it is back"));
}

TEST_CASE("a plan that no longer holds is made again by the command that is told", "[cli][hints]") {
    const auto file = std::filesystem::temp_directory_path() / "nanotune-cli-hints-old.json";
    Answers answers;
    cli::SavedPlan saved;
    saved.plan.verb = "plan";
    saved.request = {.name = "hft", .overrides = {{.name = "mtu", .value = "9000"}}};
    saved.fingerprint = fingerprint_of(saved.plan);
    std::ofstream(file) << cli::json_of(saved);
    const std::string again = "nanotune plan hft --set mtu=9000";
    const std::string out = " --out " + file.string() + "\n";
    const Printed with_set =
        nanotune::test::nanotune(answers, {"apply", file.string(), "--set", "a=b"});
    answers.plan.rows = {row("nic.mtu", Target::nic("eth0"), "1500", "9000", Outcome::not_done)};
    const Printed changed = nanotune::test::nanotune(answers, {"apply", file.string()});
    const Printed verified = nanotune::test::nanotune(answers, {"verify", file.string()});
    std::filesystem::remove(file);
    CHECK_THAT(with_set.error, Contains("make it again with: " + again + " --set a=b" + out));
    CHECK_THAT(changed.error, Contains("make it again with: " + again + out));
    CHECK(verified.status == 1);
    CHECK(verified.error == file.string() +
                                ": a saved plan, which apply takes; verify takes a profile: this "
                                "is a plan of hft\n");
}

TEST_CASE("a setting and a verb that do not exist come with a command that does", "[cli][hints]") {
    Answers answers;
    answers.keys.emplace_back();
    answers.keys[0].name = "nic.mtu";
    CHECK_THAT(with_folders(answers, {"describe", "nix"}).error,
               Contains("all are shown by: nanotune list" + said + "\n"));
    CHECK_THAT(with_folders(answers, {"list"}).out,
               Contains("for example: nanotune describe nic.mtu" + said + "\n"));
    cli::Surroundings surroundings;
    surroundings.called = "build/bin/nanotune";
    CHECK_THAT(nanotune::test::nanotune(answers, {"aply"}, surroundings).error,
               Contains("; build/bin/nanotune --help lists them"));
}
