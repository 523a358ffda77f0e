// What holds after a kill, whatever was killed where.
#include "every_kill.hpp"

#include "support/catch.hpp"
#include "support/given.hpp"

namespace nanotune::test {

namespace {

/// What a person finds between the kill and the next command.
void check_interruption_is_told(const Outside& outside, const FakeHost& start) {
    outside.with_engine([&](EngineOn& engine) {
        const bool is_touched = !(outside.host() == start);
        const bool is_interrupted = engine.status().state == HostState::interrupted;
        if (is_touched && engine.status().state != HostState::tuned &&
            engine.status().state != HostState::awaiting_confirmation) {
            CHECK(is_interrupted);
        }
        const Report report = engine.verify();
        INFO(text_of(report));
        CHECK((report.state == HostState::interrupted) == is_interrupted);
        if (is_interrupted) {
            CHECK(text_of(report).contains("cut off"));
            CHECK(report.exit != Exit::as_wanted);
        }
        CHECK(engine.system().writes().empty());
    });
}

/// Rolls back what the killed process began or finished; leaves alone what it never began.
void roll_back(const Outside& outside, const std::string& profile_before) {
    outside.with_engine([&](EngineOn& engine) {
        const HostStatus status = engine.status();
        if (status.state == HostState::interrupted || status.profile_hash != profile_before) {
            const Report report = engine.rollback();
            INFO(text_of(report));
            CHECK(report.exit == Exit::as_wanted);
        }
        CHECK(engine.status().state != HostState::interrupted);
        CHECK(engine.status().profile_hash == profile_before);
    });
}

std::string hash_in_force(const Outside& outside) {
    std::string hash;
    outside.with_engine([&](EngineOn& engine) { hash = engine.status().profile_hash; });
    return hash;
}

/// One kill and both ways out of it. Whether the kill happened.
bool check_one_kill(const Scenario& scenario, const Kill& kill, const FakeHost& finished) {
    const Outside first(scenario);
    const FakeHost start = first.host();
    const std::string profile_before = hash_in_force(first);
    if (!first.killed(kill)) {
        return false;
    }
    check_interruption_is_told(first, start);
    roll_back(first, profile_before);
    CHECK(difference(start, first.host()) == no_difference);

    const Outside second(scenario);
    CHECK(second.killed(kill));
    CHECK_FALSE(second.killed({}));
    CHECK(difference(finished, second.host()) == no_difference);
    second.with_engine([](EngineOn& engine) {
        CHECK(engine.status().state != HostState::interrupted);
        CHECK(engine.rollback_all().exit == Exit::as_wanted);
    });
    CHECK(difference(scenario.host, second.host()) == no_difference);
    return true;
}

}  // namespace

std::function<Report(EngineOn&)> applying(const std::string& profile) {
    return [profile](EngineOn& engine) { return engine.apply(profile); };
}

FakeHost host_with_sysctls() {
    return given::host()
        .with_sysctl("vm.swappiness", "60")
        .with_sysctl("vm.dirty_ratio", "20")
        .with_sysctl("net.core.rmem_max", "212992")
        .with_sysctl("net.core.wmem_max", "212992");
}

FakeHost host_with_steering() {
    FakeHost host = host_with_sysctls()
                        .with_nic("eth0", {.queues = 2})
                        .with_nic("veth0", {.queues = 2, .kind = "veth"});
    host.cells["/sys/class/net/eth0/queues/rx-0/rps_cpus"] = "3";
    host.cells["/sys/class/net/eth0/queues/tx-1/xps_cpus"] = "c";
    host.cells["/sys/class/net/veth0/queues/rx-1/rps_cpus"] = "1";
    host.cells["/proc/irq/81/smp_affinity_list"] = "1";
    host.cells["/proc/irq/81/smp_affinity"] = "2";
    host.cells["/proc/irq/81/effective_affinity_list"] = "1";
    host.cells["/proc/irq/81/effective_affinity"] = "2";
    return host;
}

void check_every_kill(const Scenario& scenario, unsigned least_writes) {
    const Outside whole(scenario);
    REQUIRE_FALSE(whole.killed({}));
    const FakeHost finished = whole.host();

    unsigned writes = 0;
    for (unsigned n = 1;; ++n) {
        INFO("killed before write " << n);
        if (!check_one_kill(scenario, {.before_write = n}, finished)) {
            break;
        }
        ++writes;
    }
    CHECK(writes >= least_writes);

    std::size_t records = 0;
    for (std::size_t n = 1;; ++n) {
        INFO("killed after record " << n);
        if (!check_one_kill(scenario, {.after_record = n}, finished)) {
            break;
        }
        ++records;
    }
    CHECK(records >= least_writes + 2);  // at least a beginning, the intents and an end
}

void check_every_second_kill(const Scenario& scenario) {
    const auto roll_back = [](EngineOn& engine) { return engine.rollback(); };
    unsigned kills = 0;
    for (unsigned n = 1;; ++n) {
        for (unsigned m = 1;; ++m) {
            INFO("killed before write " << n << ", and the rollback before write " << m);
            const Outside outside(scenario);
            const FakeHost start = outside.host();
            if (!outside.killed({.before_write = n})) {
                CHECK(kills > 3);
                return;
            }
            if (!outside.killed({.before_write = m}, roll_back)) {
                CHECK(difference(start, outside.host()) == no_difference);
                break;
            }
            ++kills;
            outside.with_engine(
                [](EngineOn& engine) { CHECK(engine.status().state == HostState::interrupted); });
            CHECK_FALSE(outside.killed({}, roll_back));
            CHECK(difference(start, outside.host()) == no_difference);
        }
    }
}

}  // namespace nanotune::test
