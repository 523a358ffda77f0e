// What is said of settings that somebody else has changed, and what is done about them.
#include "daemon/drifts.hpp"

#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::daemon;
using nanotune::test::Contains;

namespace {

using What = DriftEvent::What;

const HeldPlace swappiness{"memory.swappiness", Target::host()};
constexpr auto moment = "2026-11-28T08:00:00Z";

Changed changed_to(const std::string& value, Impact impact = Impact::none) {
    return {.row = {.setting = swappiness.setting,
                    .target = swappiness.target,
                    .before = "10",
                    .wanted = "10",
                    .got = value,
                    .outcome = Outcome::differs,
                    .impact = impact,
                    .origin = {},
                    .message = {}},
            .files = {"/proc/sys/vm/swappiness"},
            .may_be_repaired = impact == Impact::none};
}

Observation seen(std::vector<Changed> changed) {
    Observation observation;
    observation.changed = std::move(changed);
    return observation;
}

Observation seen_as_applied() {
    Observation observation;
    observation.as_applied = {swappiness};
    return observation;
}

HostFile policy(DriftPolicy policy) {
    HostFile file;
    file.drift = policy;
    return file;
}

}  // namespace

TEST_CASE("values that not everybody may read are in the rows of who may inspect alone",
          "[daemon][drift]") {
    Drifts drifts;
    Changed secret = changed_to("60");
    secret.is_public = GENERATE(true, false);
    drifts.take(seen({secret}), {}, {}, moment);
    CHECK(drifts.rows().front().got == "60");
    const Row shown = drifts.rows(false).front();
    CHECK(shown.setting == swappiness.setting);
    CHECK(shown.before == (secret.is_public ? "10" : ""));
    CHECK(shown.wanted == (secret.is_public ? "10" : ""));
    CHECK(shown.got == (secret.is_public ? "60" : ""));
}

TEST_CASE("a drift is told once, from what and to what, and by whom", "[daemon][drift]") {
    Drifts drifts;
    const Authors authors = {{"/proc/sys/vm/swappiness", "sysctl (process 12, user 0)"}};
    const auto first = drifts.take(seen({changed_to("60")}), authors, {}, moment);
    REQUIRE(first.size() == 1);
    CHECK(first.front() == DriftEvent{.what = What::drifted,
                                      .place = swappiness,
                                      .from = "10",
                                      .to = "60",
                                      .by = "sysctl (process 12, user 0)"});
    CHECK(drifts.take(seen({changed_to("60")}), {}, {}, moment).empty());
    REQUIRE(drifts.rows().size() == 1);
    CHECK_THAT(drifts.rows().front().message,
               Contains("by sysctl (process 12, user 0), seen at 2026-11-28T08:00:00Z"));
}

TEST_CASE("a value that drifts on is told from where it was last", "[daemon][drift]") {
    Drifts drifts;
    drifts.take(seen({changed_to("60")}), {}, {}, moment);
    const auto second = drifts.take(seen({changed_to("70")}), {}, {}, moment);
    REQUIRE(second.size() == 1);
    CHECK(second.front().from == "60");
    CHECK(second.front().to == "70");
    CHECK(second.front().by == "unknown");
    CHECK(drifts.rows().size() == 1);
}

TEST_CASE("what is as it was applied again is mended, and known no more", "[daemon][drift]") {
    Drifts drifts;
    drifts.take(seen({changed_to("60")}), {}, {}, moment);
    const auto events = drifts.take(seen_as_applied(), {}, {}, moment);
    REQUIRE(events.size() == 1);
    CHECK(events.front().what == What::mended);
    CHECK(events.front().from == "60");
    CHECK(events.front().to == "10");
    CHECK(drifts.is_empty());
    CHECK(drifts.take(seen_as_applied(), {}, {}, moment).empty());
}

TEST_CASE("what was not looked at stays known", "[daemon][drift]") {
    Drifts drifts;
    drifts.take(seen({changed_to("60")}), {}, {}, moment);
    CHECK(drifts.take(seen({}), {}, {}, moment).empty());
    CHECK_FALSE(drifts.is_empty());
}

TEST_CASE("a setting that yields is told once, and is no drift", "[daemon][drift]") {
    Drifts drifts;
    const HostFile yields = policy(DriftPolicy::yield);
    const auto events = drifts.take(seen({changed_to("60")}), {}, yields, moment);
    REQUIRE(events.size() == 1);
    CHECK(events.front().what == What::yielded);
    CHECK(drifts.is_empty());
    CHECK(drifts.take(seen({changed_to("60")}), {}, yields, moment).empty());
    CHECK(drifts.take(seen({changed_to("70")}), {}, yields, moment).size() == 1);
}

TEST_CASE("only what disturbs nothing is repaired, and only where that is wanted",
          "[daemon][drift]") {
    const auto now = Drifts::Clock::now();
    Drifts quiet;
    quiet.take(seen({changed_to("60")}), {}, {}, moment);
    std::vector<DriftEvent> given_up;
    CHECK(quiet.to_repair(policy(DriftPolicy::warn), now, given_up).empty());
    CHECK(quiet.to_repair(policy(DriftPolicy::repair), now, given_up) == std::vector{swappiness});
    Drifts loud;
    loud.take(seen({changed_to("60", Impact::drops_packets)}), {}, {}, moment);
    CHECK(loud.to_repair(policy(DriftPolicy::repair), now, given_up).empty());
    CHECK(given_up.empty());
}

TEST_CASE("what the profile says of a setting comes before the host's policy for all",
          "[daemon][drift]") {
    const auto now = Drifts::Clock::now();
    std::vector<DriftEvent> given_up;
    Changed wanted = changed_to("60");
    wanted.policy = DriftPolicy::repair;
    Drifts repaired;
    repaired.take(seen({wanted}), {}, {}, moment);
    CHECK(repaired.to_repair({}, now, given_up) == std::vector{swappiness});
    CHECK(repaired.left_to_others({}, false).empty());

    wanted.policy = DriftPolicy::yield;
    Drifts left;
    const auto events = left.take(seen({wanted}), {}, policy(DriftPolicy::repair), moment);
    REQUIRE(events.size() == 1);
    CHECK(events.front().what == What::yielded);

    HostFile own;
    own.drift_of = {{"memory.*", DriftPolicy::warn}};
    Drifts told;
    told.take(seen({wanted}), {}, own, moment);
    CHECK_FALSE(told.is_empty());
    CHECK(told.to_repair(own, now, given_up).empty());
}

TEST_CASE("whoever changes a setting again and again gets it", "[daemon][drift]") {
    Drifts drifts;
    const HostFile repairs = policy(DriftPolicy::repair);
    const auto now = Drifts::Clock::now();
    std::vector<DriftEvent> given_up;
    Report report;
    report.rows = {changed_to("10").row};
    report.rows.front().outcome = Outcome::changed;
    for (int i = 0; i < 3; ++i) {
        drifts.take(seen({changed_to("60")}), {}, repairs, moment);
        REQUIRE(drifts.to_repair(repairs, now, given_up).size() == 1);
        const auto events = drifts.repaired(report);
        REQUIRE(events.size() == 1);
        CHECK(events.front().what == What::repaired);
        CHECK(events.front().by == "nanotuned");
        CHECK(drifts.is_empty());
    }
    drifts.take(seen({changed_to("60")}), {}, repairs, moment);
    CHECK(given_up.empty());
    CHECK(drifts.to_repair(repairs, now, given_up).empty());
    CHECK_FALSE(drifts.is_empty());  // it is not as applied, which stays said
    REQUIRE(given_up.size() == 1);
    CHECK(given_up.front().what == What::yielded);
    CHECK(given_up.front().to == "60");
    CHECK(drifts.left_to_others(repairs, false) == std::set{swappiness});

    const auto later = now + std::chrono::minutes(11);
    drifts.take(seen({changed_to("70")}), {}, repairs, moment);
    CHECK(drifts.to_repair(repairs, later, given_up).empty());
    CHECK(given_up.size() == 1);  // once
    drifts.take(seen_as_applied(), {}, repairs, moment);
    drifts.take(seen({changed_to("60")}), {}, repairs, moment);
    CHECK(drifts.to_repair(repairs, later, given_up).size() == 1);
}

TEST_CASE("what a repair could not put back stays a drift", "[daemon][drift]") {
    Drifts drifts;
    drifts.take(seen({changed_to("60")}), {}, {}, moment);
    Report report;
    report.rows = {changed_to("60").row};
    report.rows.front().outcome = Outcome::refused;
    CHECK(drifts.repaired(report).empty());
    CHECK_FALSE(drifts.is_empty());
}

TEST_CASE("more than a thousand drifts are not remembered", "[daemon][drift]") {
    Drifts drifts;
    std::vector<Changed> many(1500, changed_to("60"));
    for (std::size_t i = 0; i < many.size(); ++i) {
        many[i].row.target = Target::irq(static_cast<unsigned>(i));
    }
    CHECK(drifts.take(seen(many), {}, {}, moment).size() == 1000);
    CHECK(drifts.rows().size() == 1000);
}

TEST_CASE("what is held no more has not drifted", "[daemon][drift]") {
    Drifts drifts;
    REQUIRE(drifts.take(seen({changed_to("60")}), {}, {}, moment).size() == 1);
    Observation other;
    other.held = {{"nic.mtu", Target::nic("eth1")}};
    CHECK(drifts.take(other, {}, {}, moment).empty());
    CHECK(drifts.is_empty());
}
