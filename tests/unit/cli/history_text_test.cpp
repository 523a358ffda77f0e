// The verb history.
#include <algorithm>
#include <sstream>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

constexpr auto two_records =
    R"({"at":"2026-11-28T08:00:00Z","verb":"apply","user":0,"login_user":1000,"client":"nanotune apply","profile":"hft","outcome":"as wanted","problems":[],"settings":[{"setting":"nic.mtu","target":"eth0","before":"1500","got":"9000","outcome":"changed"}]})"
    "\n"
    R"({"at":"2026-11-28T08:10:00Z","verb":"freeze","user":0,"client":"nanotune freeze","profile":"","outcome":"as wanted","reason":"trading","problems":[],"settings":[]})"
    "\n";

}  // namespace

TEST_CASE("history shows who did what when, and with --verbose to which settings",
          "[cli][history]") {
    Answers answers;
    answers.history = two_records;
    const Printed brief = nanotune::test::nanotune(answers, {"history", "--last", "7"});
    CHECK(brief.status == 0);
    CHECK(answers.asked_records == 7);
    CHECK_THAT(brief.out,
               Contains("2026-11-28T08:00:00Z  apply   hft      0, login 1000  as wanted") &&
                   Contains("trading") && !Contains("1500"));
    const Printed whole = nanotune::test::nanotune(answers, {"history", "--verbose"});
    CHECK_THAT(whole.out, Contains("nic.mtu on eth0: 1500 -> 9000 (changed)"));
    const auto json =
        nlohmann::json::parse(nanotune::test::nanotune(answers, {"history", "--json"}).out);
    CHECK(json.at("records").size() == 2);
    CHECK(json.at("records")[1].at("reason") == "trading");
}

TEST_CASE("a history that is damaged is said, and how far it can be read", "[cli][history]") {
    Answers answers;
    answers.history = std::string(two_records) + "{\n";
    const Printed printed = nanotune::test::nanotune(answers, {"history"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("record 3 of the history is no record"));
}

namespace {

std::string record(std::string_view verb, std::string_view client, long process,
                   std::string_view outcome = "as wanted") {
    static int minute = 0;
    minute = (minute + 1) % 60;
    return fmt::format(
        R"({{"at":"2026-11-28T09:{:02}:00Z","verb":"{}","user":0,"login_user":1000,"client":"{}","recorded_by":{},"profile":"/etc/nanotune/profiles/low-latency-feed.toml","outcome":"{}","settings_changed":12,"problems":[],"settings":[]}})"
        "\n",
        minute, verb, client, process, outcome);
}

std::string proof(long process, std::size_t rounds) {
    std::string records;
    for (std::size_t round = 0; round < rounds; ++round) {
        records += record("apply", "nanotune prove", process);
        records += record("rollback", "nanotune prove", process);
    }
    return records;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

std::size_t rows_in(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        lines_of(text), [](const std::string& line) { return line.starts_with("2026-"); }));
}

}  // namespace

TEST_CASE("a run of prove is one line of the history, and each record with --verbose",
          "[cli][history]") {
    Answers answers;
    answers.history = record("apply", "nanotune apply", 5) + proof(7, 3) + proof(8, 2) +
                      record("rollback", "nanotune guard", 9, "not restored");
    const Printed brief = nanotune::test::nanotune(answers, {"history"});
    CHECK(rows_in(brief.out) == 4);
    CHECK_THAT(brief.out, Contains("6 records until 2026-11-28T09:") &&
                              Contains("apply 3 times as wanted and rollback 3 times as wanted") &&
                              Contains("nanotune guard"));
    CHECK(rows_in(nanotune::test::nanotune(answers, {"history", "--verbose"}).out) == 12);
    const auto json =
        nlohmann::json::parse(nanotune::test::nanotune(answers, {"history", "--json"}).out);
    CHECK(json.at("records").size() == 12);
}

TEST_CASE("a run of prove --ablate is of the profile, and not of what is left of it without a line",
          "[cli][history]") {
    Answers answers;
    std::string without = record("apply", "nanotune prove", 7);
    const std::string_view whole = "/etc/nanotune/profiles/low-latency-feed.toml";
    without.replace(without.find(whole), whole.size(),
                    "/tmp/nanotune-prove-aeZKEj/low-latency-feed-without-1.toml");
    answers.history = without + proof(7, 2);
    const Printed printed = nanotune::test::nanotune(answers, {"history"});
    CHECK(rows_in(printed.out) == 1);
    CHECK_THAT(printed.out, Contains(std::string(whole)) && !Contains("without"));
}

TEST_CASE("what went wrong in a run of prove is what the run came to", "[cli][history]") {
    Answers answers;
    answers.history = proof(7, 2) + record("apply", "nanotune prove", 7, "rolled back");
    const Printed printed = nanotune::test::nanotune(answers, {"history"});
    CHECK(rows_in(printed.out) == 1);
    CHECK_THAT(printed.out, Contains("apply 2 times as wanted and once rolled back"));
    CHECK_THAT(lines_of(printed.out).at(1), Contains("  rolled back"));
}

TEST_CASE("the history has 80 columns where the terminal has, and calls users by name",
          "[cli][history]") {
    Answers answers;
    answers.history = record("rollback", "busctl (process 1234567)", 4, "busy or timed out") +
                      record("datapath disable", "nanotune datapath", 4) + proof(4000000, 30);
    cli::Surroundings terminal;
    terminal.width = 80;
    terminal.name_of_user = [](std::uint32_t user) {
        return user == 0 ? std::string("root") : std::string();
    };
    const Printed printed = nanotune::test::nanotune(answers, {"history"}, terminal);
    CHECK_THAT(printed.out, Contains("0(root)"));
    for (const std::string& line : lines_of(printed.out)) {
        INFO(line);
        CHECK(line.size() <= 80);
    }
    CHECK_THAT(nanotune::test::nanotune(answers, {"history"}).out,
               Contains("0, login 1000, busctl "));
    CHECK_THAT(nanotune::test::nanotune(answers, {"history", "--verbose", "--last", "99"}).out,
               Contains("0, login 1000, busctl (process 1234567)"));
}

TEST_CASE("the history names a program where that is another than nanotune, which asked the daemon",
          "[cli][history]") {
    Answers answers;
    answers.history = record("apply", "nanotune (process 7)", 4);
    CHECK_THAT(nanotune::test::nanotune(answers, {"history"}).out, !Contains(", nanotune"));
    CHECK_THAT(nanotune::test::nanotune(answers, {"history", "--verbose"}).out,
               Contains("0, login 1000, nanotune (process 7)"));
}

TEST_CASE("so many lines are shown as were asked for, however many records one takes",
          "[cli][history]") {
    Answers answers;
    answers.history = proof(6, 1) + record("apply", "nanotune apply", 5) + proof(7, 20);
    const Printed printed = nanotune::test::nanotune(answers, {"history", "--last", "2"});
    CHECK(rows_in(printed.out) == 2);
    CHECK_THAT(printed.out, Contains("  apply ") && Contains("40 records until"));
    CHECK(answers.asked_records > 40);
}
