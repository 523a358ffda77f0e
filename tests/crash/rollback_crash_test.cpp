// Rollback, killed before every write and after every record of the journal.
#include "scenario.hpp"
#include "support/catch.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

FakeHost host_with_steering() {
    FakeHost host = given::host()
                        .with_sysctl("vm.swappiness", "60")
                        .with_sysctl("vm.dirty_ratio", "20")
                        .with_nic("eth0", {.queues = 2});
    host.cells["/sys/class/net/eth0/queues/rx-1/rps_cpus"] = "3";
    return host;
}

Scenario rolling_back(bool all) {
    return {.host = host_with_steering(),
            .before = {"[memory]\nswappiness = 20\n",
                       "[memory]\nswappiness = 10\ndirty_ratio = 5\n"
                       "[nic.eth0]\nchannels.combined = 1\n"},
            .verb = [all](EngineOn& engine) {
                return all ? engine.rollback_all() : engine.rollback();
            }};
}

/// Both ways out: another rollback finishes it, and so does an apply before it begins.
bool check_one_kill(const Scenario& scenario, const Kill& kill, const FakeHost& finished) {
    const Outside first(scenario);
    const std::string profile_before = [&] {
        std::string hash;
        first.with_engine([&](EngineOn& engine) { hash = engine.status().profile_hash; });
        return hash;
    }();
    if (!first.killed(kill)) {
        return false;
    }
    bool is_done = false;
    first.with_engine([&](EngineOn& engine) {
        const HostStatus status = engine.status();
        const Report report = engine.verify();
        if (status.state == HostState::interrupted) {
            CHECK(text_of(report).contains("cut off"));
            CHECK(report.exit != Exit::as_wanted);
        }
        is_done = status.state != HostState::interrupted && status.profile_hash != profile_before;
        CHECK(engine.system().writes().empty());
    });
    if (!is_done) {
        CHECK_FALSE(first.killed({}));
    }
    CHECK(difference(finished, first.host()) == no_difference);

    const Outside second(scenario);
    CHECK(second.killed(kill));
    second.with_engine([](EngineOn& engine) {
        const Report report = engine.apply("[memory]\nswappiness = 5\n");
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(engine.rollback_all().exit == Exit::as_wanted);
        CHECK(engine.status().state == HostState::clean);
    });
    CHECK(difference(scenario.host, second.host()) == no_difference);
    return true;
}

void check_every_kill(const Scenario& scenario) {
    const Outside whole(scenario);
    REQUIRE_FALSE(whole.killed({}));
    const FakeHost finished = whole.host();
    unsigned kills = 0;
    for (unsigned n = 1;; ++n) {
        INFO("killed before write " << n);
        if (!check_one_kill(scenario, {.before_write = n}, finished)) {
            break;
        }
        ++kills;
    }
    CHECK(kills >= 3);
    for (std::size_t n = 1;; ++n) {
        INFO("killed after record " << n);
        if (!check_one_kill(scenario, {.after_record = n}, finished)) {
            break;
        }
        ++kills;
    }
    CHECK(kills >= 5);
}

}  // namespace

TEST_CASE("killed anywhere in a rollback, the next one finishes it", "[crash][rollback]") {
    check_every_kill(rolling_back(false));
}

TEST_CASE("killed anywhere in a rollback of all, the next one finishes it", "[crash][rollback]") {
    check_every_kill(rolling_back(true));
}

TEST_CASE("killed again and again, recovery still ends at every old value", "[crash][rollback]") {
    const Scenario scenario = rolling_back(true);
    const Outside outside(scenario);
    unsigned kills = 0;
    while (outside.killed({.before_write = 2})) {
        ++kills;
        REQUIRE(kills < 20);  // each run gets one write further
    }
    CHECK(kills > 1);
    CHECK(difference(scenario.host, outside.host()) == no_difference);
}
