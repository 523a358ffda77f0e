// The verb monitor, and what status shows of drift.
#include <nlohmann/json.hpp>

#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

const Event drift = {{"what", "drifted"}, {"Setting", "nic.mtu"},
                     {"Target", "eth1"},  {"From", "1400"},
                     {"To", "1300"},      {"By", "ip (process 12, user 0)"}};

}  // namespace

TEST_CASE("monitor tells each event in a line, as it happens", "[cli][monitor]") {
    Answers answers;
    answers.events = {
        {{"what", "state"}, {"State", "tuned"}, {"ActiveProfile", "hft"}},
        drift,
        {{"what", "job"},
         {"Job", "7"},
         {"Verb", "apply"},
         {"Progress", "nic.ring.rx on eth1"},
         {"Done", "3"},
         {"Total", "9"}},
        {{"what", "job"}, {"Job", "6"}, {"State", "ended"}},
        {{"what", "device"}, {"Device", "eth1"}, {"SettingsDrifted", "1"}, {"State", "drifted"}},
        {{"what", "state"}, {"Frozen", ""}, {"State", "tuned"}}};
    const Printed printed = nanotune::test::nanotune(answers, {"monitor"});
    CHECK(printed.status == 0);
    CHECK_THAT(
        printed.out,
        Contains("  state     tuned, active profile: hft\n") &&
            Contains("  drifted   nic.mtu on eth1: 1400 -> 1300, by ip (process 12, user 0)\n") &&
            Contains("  job       7 (apply): 3 of 9: nic.ring.rx on eth1\n") &&
            Contains("  job       6: ended\n") &&
            Contains("  device    eth1: drifted, settings drifted: 1\n") &&
            Contains("  state     tuned, frozen: none\n"));
}

TEST_CASE("monitor --json tells one object a line", "[cli][monitor]") {
    Answers answers;
    answers.events = {drift, {{"what", "state"}, {"ActiveProfile", "hft"}}};
    const Printed printed = nanotune::test::nanotune(answers, {"monitor", "--json"});
    const std::size_t end = printed.out.find('\n');
    const auto first = nlohmann::json::parse(printed.out.substr(0, end));
    const auto second = nlohmann::json::parse(printed.out.substr(end + 1));
    CHECK(first.at("what") == "drifted");
    CHECK(first.at("from") == "1400");
    CHECK(first.contains("at"));
    CHECK(second.at("active_profile") == "hft");
}

TEST_CASE("without a daemon nobody watches, which monitor says", "[cli][monitor]") {
    Answers answers;
    answers.monitor =
        failure(ErrorCode::unsupported, "no daemon runs that could tell what happens");
    const Printed printed = nanotune::test::nanotune(answers, {"monitor"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("no daemon runs"));
}

TEST_CASE("status shows what has drifted, from what to what, and by whom", "[cli][status]") {
    Answers answers;
    answers.status.state = HostState::tuned;
    answers.status.drifted = {
        row("nic.mtu", Target::nic("eth1"), "1400", "1400", Outcome::differs)};
    answers.status.drifted.front().got = "1300";
    answers.status.drifted.front().message = "by ip (process 12, user 0), seen at noon";
    const Printed printed = nanotune::test::nanotune(answers, {"status"});
    CHECK_THAT(printed.out, Contains("DRIFTED") && Contains("1400") && Contains("1300") &&
                                Contains("by ip (process 12, user 0)"));
}
