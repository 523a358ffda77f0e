// A repair, killed before every write and after every record: what it reset beside what it put back
// is nobody's to lose.
#include <linux/ethtool_netlink.h>

#include "every_kill.hpp"
#include "model/observation.hpp"
#include "support/catch.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string steering = "/sys/class/net/eth0/queues/rx-0/rps_cpus";
const std::string interrupt = "/proc/irq/80/smp_affinity_list";
const std::string channels =
    ethtool_cell("eth0", ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_A_CHANNELS_COMBINED_COUNT);

/// Somebody gives the NIC all of its queues, and steers the first one: nobody else knows how.
Report drift(EngineOn& engine) {
    const EthtoolNumbers four = {{ETHTOOL_A_CHANNELS_COMBINED_COUNT, {.number = 4}}};
    const bool is_set = engine.system().ethtool().set(ETHTOOL_MSG_CHANNELS_SET, "eth0", four) &&
                        engine.system().files().write(steering, "5") &&
                        engine.system().files().write(interrupt, "2");
    return {.verb = is_set ? "drift" : "", .profile = {}, .rows = {}, .problems = {}, .notes = {}};
}

Report repair(EngineOn& engine) {
    return engine.engine().repair({.devices = {"eth0"}, .may_disturb = true});
}

Scenario scenario() {
    return {.host = given::plain_host().with_nic("eth0", {.queues = 4}),
            .before = {"[nic.eth0]\nchannels.combined = 2\n"},
            .verb = repair};
}

/// What one kill leaves, before and after somebody has looked after it. Whether it came.
bool check_one_kill(const Kill& kill, const FakeHost& finished) {
    const Scenario all = scenario();
    const Outside outside(all);
    REQUIRE_FALSE(outside.killed({}, drift));
    const FakeHost start = outside.host();
    REQUIRE(start.text(steering) == "5");
    if (!outside.killed(kill)) {
        return false;
    }
    outside.with_engine([](EngineOn& engine) {
        if (engine.status().state != HostState::interrupted) {
            return;  // nothing was written, or all of it
        }
        const HostStatus status = engine.status();
        CHECK(status.interrupted.contains("repair of "));
        const Report report = engine.rollback();
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(engine.status().state == HostState::tuned);  // the apply itself is still held
        CHECK(engine.status().applies == 1);
    });
    const FakeHost after = outside.host();
    CHECK(after.text(steering) == start.text(steering));
    CHECK(after.text(interrupt) == start.text(interrupt));
    CHECK_FALSE(outside.killed({}, repair));
    CHECK(difference(finished, outside.host()) == no_difference);
    return true;
}

}  // namespace

TEST_CASE("killed anywhere, a repair loses nothing that it resets", "[crash][repair]") {
    const Scenario all = scenario();
    const Outside whole(all);
    REQUIRE_FALSE(whole.killed({}, drift));
    REQUIRE_FALSE(whole.killed({}));
    const FakeHost finished = whole.host();
    CHECK(finished.text(channels).starts_with("2"));
    CHECK(finished.text(steering) == "5");
    CHECK(finished.text(interrupt) == "2");
    whole.with_engine([](EngineOn& engine) { CHECK(engine.status().state == HostState::tuned); });

    unsigned writes = 0;
    for (unsigned n = 1; check_one_kill({.before_write = n}, finished); ++n) {
        ++writes;
    }
    CHECK(writes >= 3);  // the channels, and what they reset
    std::size_t records = 0;
    for (std::size_t n = 1; check_one_kill({.after_record = n}, finished); ++n) {
        ++records;
    }
    CHECK(records >= 4);  // a beginning, what is reset, and an end
}

TEST_CASE("killed anywhere in a repair of what nobody confirms, all of it is taken back in the end",
          "[crash][repair][confirm]") {
    Scenario all = scenario();
    all.before.clear();
    const auto apply = [](EngineOn& engine) {
        ApplyRequest request = apply_request();
        request.confirm_within = std::chrono::seconds(60);
        return engine.apply("[nic.eth0]\nchannels.combined = 2\n", request);
    };
    std::size_t kills = 0;
    for (std::size_t n = 1;; ++n) {
        INFO("killed after record " << n);
        const Outside outside(all);
        REQUIRE_FALSE(outside.killed({}, apply));
        REQUIRE_FALSE(outside.killed({}, drift));
        const bool was_killed = outside.killed({.after_record = n});
        outside.with_engine([](EngineOn& engine) {
            engine.pass(std::chrono::seconds(61));
            const Report report = engine.rollback();
            INFO(text_of(report));
            CHECK(report.exit == Exit::as_wanted);
            CHECK(engine.status().applies == 0);
        });
        CHECK(outside.host().text(channels).starts_with("4"));
        if (!was_killed) {
            break;
        }
        ++kills;
    }
    CHECK(kills >= 4);
}
