// What certify says: on the terminal, in JSON, as a page; and what it is asked to do.
#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>

#include "cli/certified_drivers.hpp"
#include "fake_service.hpp"
#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nlohmann::json;

namespace {

Certification of_eth3() {
    Certification done;
    done.nic = "eth3";
    done.driver = "unheard-of";
    done.kernel = "6.1.0-37-amd64";
    done.trials = {
        {.setting = "nic.ring.rx",
         .on = "eth3",
         .before = "256",
         .tried = "128",
         .got = "128",
         .verdict = Verdict::certified,
         .impact = Impact::drops_packets,
         .witness = "ethtool --show-ring eth3",
         .said_before = "256",
         .said = "128",
         .said_after = "256"},
        {.setting = "nic.pause.rx",
         .on = "eth3",
         .before = "true",
         .tried = "false",
         .got = "false",
         .verdict = Verdict::certified,
         .impact = Impact::bounces_link,
         .with = "pause.autoneg = false",
         .witness = "ethtool --show-pause eth3",
         .said_before = "on",
         .said = "off",
         .said_after = "on"},
        {.setting = "nic.coalesce.tx_usecs",
         .on = "eth3",
         .before = "3us",
         .tried = "1us",
         .got = {},
         .verdict = Verdict::refused,
         .message = "COALESCE_SET: <Invalid> argument (EINVAL); still 3us",
         .witness = "ethtool --show-coalesce eth3",
         .said_before = "3"},
        {.setting = "nic.eee.enabled",
         .on = "eth3",
         .before = {},
         .tried = {},
         .got = {},
         .verdict = Verdict::unsupported,
         .message = "the driver of eth3 does not have it"},
        {.setting = "irq.affinity",
         .on = "9 interrupts",
         .before = "0-7",
         .tried = "1",
         .got = "1",
         .verdict = Verdict::pending,
         .witness = "cat /proc/irq/40/smp_affinity_list",
         .said_before = "0-7",
         .said = "1",
         .said_after = "0-7"},
    };
    done.exit = Exit::differs;
    return done;
}

Printed run(Answers& answers, const std::vector<std::string>& words) {
    cli::Surroundings terminal;
    terminal.width = 80;
    return nanotune::test::nanotune(answers, words, terminal);
}

}  // namespace

TEST_CASE("a certification is a table of 80 columns", "[cli][certify]") {
    Answers answers;
    answers.certification = of_eth3();
    const Printed printed = run(answers, {"certify", "--nic", "eth3", "--allow", "all"});
    CHECK(printed.status == 2);
    CHECK(printed.error.empty());
    CHECK("\n" + printed.out == R"(
eth3: unheard-of on Linux 6.1.0-37-amd64
unheard-of: untested: nanotune ships no certified run of it

SETTING                ON            BEFORE    TRIED  SEEN BY  OUTCOME
nic.ring.rx            eth3          256    -> 128    ethtool  certified
nic.pause.rx           eth3          true   -> false  ethtool  certified
    with pause.autoneg = false
nic.coalesce.tx_usecs  eth3          3us    -> 1us    ethtool  refused
    COALESCE_SET: <Invalid> argument (EINVAL); still 3us

irq.affinity           9 interrupts  0-7    -> 1      cat      pending

1 setting more is not there, or cannot change; --verbose lists them.
3 of 4 settings that eth3 has do what they should: 2 certified, 1 pending and 1
  refused.
)");
    CHECK(answers.asked_certify.nic == "eth3");
    CHECK(answers.asked_certify.consent.management);
    CHECK(answers.asked_certify.limit == std::chrono::minutes(30));
}

TEST_CASE("what was not reached is said once, and listed by --verbose", "[cli][certify]") {
    Answers answers;
    answers.certification = of_eth3();
    for (const char* setting : {"nic.mtu", "nic.txqueuelen", "nic.wol"}) {
        answers.certification.trials.push_back({.setting = setting,
                                                .on = "eth3",
                                                .before = {},
                                                .tried = {},
                                                .got = {},
                                                .message = std::string(not_reached)});
    }
    const std::string brief = nanotune::test::nanotune(answers, {"certify", "--nic", "eth3"}).out;
    CHECK_THAT(brief, Contains("3 settings were not reached; --verbose lists them."));
    CHECK_FALSE(brief.contains("nic.wol"));
    CHECK_THAT(nanotune::test::nanotune(answers, {"certify", "--nic", "eth3", "--verbose"}).out,
               Contains("nic.wol") && Contains("was not reached"));
}

TEST_CASE("a certification as JSON has every trial and what its witness said", "[cli][certify]") {
    Answers answers;
    answers.certification = of_eth3();
    const Printed printed = run(answers, {"certify", "--nic", "eth3", "--json"});
    const json document = json::parse(printed.out);
    CHECK(document["verb"] == "certify");
    CHECK(document["exit"] == 2);
    CHECK(document["changed"] == false);
    CHECK(document["driver"] == "unheard-of");
    CHECK(document["counts"]["supported"] == 4);
    CHECK(document["counts"]["succeeded"] == 3);
    CHECK(document["counts"]["refused"] == 1);
    REQUIRE(document["trials"].size() == 5);
    const json& ring = document["trials"][0];
    CHECK(ring["outcome"] == "certified");
    CHECK(ring["witness"]["command"] == "ethtool --show-ring eth3");
    CHECK(ring["witness"]["in_between"] == "128");
    CHECK(document["trials"][1]["with"] == "pause.autoneg = false");
}

TEST_CASE("a certification as a page needs no other file, and takes no word for markup",
          "[cli][certify]") {
    const ScratchFolder folder;
    const std::string file = folder.path() + "/page.html";
    Answers answers;
    answers.certification = of_eth3();
    CHECK(run(answers, {"certify", "--nic", "eth3", "--html", file}).status == 2);
    std::ifstream stream(file);
    const std::string page{std::istreambuf_iterator<char>(stream), {}};
    CHECK(page.starts_with("<!DOCTYPE html>"));
    CHECK(page.contains("&lt;Invalid&gt;"));
    CHECK_FALSE(page.contains("<Invalid>"));
    CHECK(page.contains("nic.coalesce.tx_usecs"));
    CHECK(page.contains("untested"));
    CHECK_FALSE(page.contains("http"));
    CHECK_FALSE(page.contains("src="));
    CHECK(page.ends_with("</html>\n"));
}

TEST_CASE("what was left out for want of consent is named with the command that tries it",
          "[cli][certify]") {
    Answers answers;
    answers.certification = of_eth3();
    answers.certification.trials[2] = {.setting = "nic.mtu",
                                       .on = "eth3",
                                       .before = {},
                                       .tried = {},
                                       .got = {},
                                       .verdict = Verdict::not_tried,
                                       .message = "needs --allow drops,management",
                                       .allow = "drops,management"};
    answers.certification.exit = Exit::consent_missing;
    const Printed printed = run(answers, {"certify", "--nic", "eth3", "--allow", "bounces"});
    CHECK(printed.status == 6);
    CHECK(printed.error ==
          "Try the rest with: nanotune certify --nic eth3 --allow bounces,drops,management\n");
}

TEST_CASE("certify wants to know what is to be tried", "[cli][certify]") {
    Answers answers;
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"certify"}, {"certify", "--nic", "eth0", "--system"}}) {
        const Printed printed = run(answers, words);
        CHECK(printed.status == 1);
        CHECK(printed.error.contains("one of --nic NIC and --system"));
    }
    CHECK(answers.calls.empty());
}

TEST_CASE("a driver stands as the shipped runs say", "[cli][certify]") {
    const auto runs = cli::certified_runs("# head\nigb\t6.1.0\t58\t60\nigb\t6.12.0\t59\t61\n");
    REQUIRE(runs.size() == 2);
    CHECK(cli::standing_of("igb", runs) ==
          "certified in the lab on Linux 6.1.0 (58 of 60 settings) and 6.12.0 (59 of 61 settings)");
    CHECK(cli::standing_of("ixgbe", runs) == "untested: nanotune ships no certified run of it");
    for (const cli::CertifiedRun& run : cli::certified_runs(cli::shipped_runs())) {
        CHECK_FALSE(run.driver.empty());
        CHECK_FALSE(run.kernel.empty());
        CHECK_FALSE(run.settings.empty());
    }
}
