// What doctor says of its findings.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "cli/doctor/bundle.hpp"
#include "cli/doctor/diagnosis.hpp"
#include "findings_given.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::doctor;
using namespace nanotune::doctor::given;

TEST_CASE("of two findings that set one thing, the profile has the first", "[cli][doctor]") {
    Findings findings(2);
    findings[0].remedies = {{"cpu", "governor", "\"performance\""}};
    findings[1].remedies = {{"cpu", "governor", "\"schedutil\""}};
    const cli::Import profile = remedies_of(findings);
    REQUIRE(profile.carried().size() == 1);
    CHECK(profile.carried()[0].spellings.front() == "\"performance\"");
}

TEST_CASE("the report fits 80 columns, and its JSON has every finding", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.processor = "A processor with quite a long name of its own @ 3.00GHz";
    facts.nics.push_back(card());
    facts.nics[0].adaptive_rx = true;
    facts.nics[0].counters = {{"rx_missed_errors", {10, 14}}};
    const Findings findings = findings_of(facts);
    std::string text;
    const cli::Screen screen([&text](std::string_view part) { text += part; },
                             [](std::string_view) {});
    print(screen.with({.width = 80}), facts, findings, true);
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        CHECK(line.size() <= 80);
        rest.remove_prefix(line.size() + 1);
    }
    CHECK(text.contains("[nic.\"eth0\"]"));
    const auto json = nlohmann::json::parse(json_of(facts, findings, 2));
    CHECK(json.at("exit") == 2);
    CHECK(json.at("findings").size() == 2);
    CHECK(json.at("findings")[0].at("check") == "rings");
}

TEST_CASE("lines are offered where there are some, and not when they were just written",
          "[cli][doctor]") {
    const auto said = [](const HostFacts& facts, bool offers_fix) {
        std::string text;
        const cli::Screen screen([&text](std::string_view part) { text += part; },
                                 [](std::string_view) {});
        print(screen, facts, findings_of(facts), offers_fix);
        return text;
    };
    HostFacts facts = sound();
    facts.unseen = {"/proc/a: permission denied"};
    CHECK(!said(facts, true).contains("--fix-profile"));
    facts.turbo = false;
    CHECK(said(facts, true).contains("--fix-profile FILE writes the lines above"));
    CHECK(!said(facts, false).contains("--fix-profile"));
    facts.smt = "notsupported";
    CHECK(said(facts, true).contains(", no SMT,"));
}

TEST_CASE("between two looks findings come and go, whatever their numbers", "[cli][doctor]") {
    Findings before(2);
    before[0] = {.check = "load", .subject = "load", .seen = "a load of 3.0", .why = {}};
    before[1] = {.check = "rings", .subject = "eth0", .seen = "lost 1", .why = {}};
    Findings now(2);
    now[0] = {.check = "rings", .subject = "eth0", .seen = "lost 2", .why = {}};
    now[1] = {.check = "stack", .subject = "backlog", .seen = "full", .why = {}};
    const std::vector<Change> changes = changes_between(before, now);
    REQUIRE(changes.size() == 2);
    const std::string line = json_of(changes[0], "2026-11-29T05:00:00Z");
    CHECK(std::ranges::count(line, '\n') == 1);
    const auto json = nlohmann::json::parse(line);
    CHECK(json.at("at") == "2026-11-29T05:00:00Z");
    CHECK(json.at("what") == "came");
    CHECK(json.at("finding").at("subject") == "backlog");
    CHECK(nlohmann::json::parse(json_of(changes[1], "")).at("what") == "gone");
    CHECK(changes[1].finding.seen == "a load of 3.0");
}

TEST_CASE("two things about one NIC come and go by themselves", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.nics.push_back(card());
    facts.nics[0].adaptive_rx = true;
    const Findings before = findings_of(facts);
    facts.nics[0].sleeps_when_idle = true;
    const std::vector<Change> changes = changes_between(before, findings_of(facts));
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].has_come);
    CHECK(changes[0].finding.seen == "the link of eth0 sleeps when idle (EEE)");
    std::string text;
    const cli::Screen screen([&text](std::string_view part) { text += part; },
                             [](std::string_view) {});
    print(screen, changes[0], "16:04:31");
    CHECK(text ==
          "16:04:31 came: the link of eth0 sleeps when idle (EEE) [delays]\n"
          "    [nic.\"eth0\"]\n"
          "    eee.enabled = { value = false, optional = true }\n");
}

TEST_CASE("what is lost between two windows is counted by the later one", "[cli][doctor]") {
    HostFacts before = sound();
    before.nics.push_back(card());
    before.nics[0].counters = {{"rx_missed_errors", {10, 10}}};
    before.network = {{"Udp.RcvbufErrors", {3, 3}}};
    CHECK(std::ranges::all_of(findings_of(before), &Finding::is_past));
    HostFacts facts = before;
    facts.nics[0].counters = {{"rx_missed_errors", {14, 14}}};
    count_since(before, 1.4, facts);
    const Findings findings = findings_of(facts);
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].seen.contains("rx_missed_errors is 4 within 1.4 s, 14 since the start"));
    CHECK(!findings[0].is_past);
    CHECK(findings[1].is_past);
}

TEST_CASE("a peer that is silent is told from a path that is none", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.path = PathFacts{.peer = "192.0.2.9", .trouble = "network is unreachable"};
    CHECK(only(facts).advice.empty());
    facts.path->is_silent = true;
    CHECK(only(facts).advice.contains("answers nothing to UDP"));
}

TEST_CASE("a profile of the lines says that doctor wrote it", "[cli][doctor]") {
    const std::string text = remedies_of(findings_of(sound())).text();
    CHECK(text.starts_with("# Written by nanotune doctor from what it found on this host.\n"));
    CHECK(!text.contains("mported"));
    HostFacts facts = sound();
    facts.turbo = false;
    CHECK(remedies_of(findings_of(facts))
              .text()
              .contains("# 1 finding mended by the lines below, 0 left out."));
}

TEST_CASE("an archive holds whole blocks, and says how large each file is", "[cli][doctor]") {
    const std::string archive = bundle_of({{"a", std::string(600, 'x')}, {"b", ""}}, 0);
    CHECK(archive.size() == 512 + 1024 + 512 + 1024);
    CHECK(archive.substr(124, 11) == "00000001130");
    CHECK(is_bundle(archive));
    CHECK(!is_bundle("somebody's notes"));
}
