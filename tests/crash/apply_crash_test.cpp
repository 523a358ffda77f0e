// Apply, killed before every write and after every record of the journal.
#include "scenario.hpp"
#include "support/catch.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

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

/// Steering and affinity that nobody asked for, and that channels reset.
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
    CHECK(difference(start, first.host()) == "");

    const Outside second(scenario);
    CHECK(second.killed(kill));
    CHECK_FALSE(second.killed({}));
    CHECK(difference(finished, second.host()) == "");
    second.with_engine([](EngineOn& engine) {
        CHECK(engine.status().state != HostState::interrupted);
        CHECK(engine.rollback_all().exit == Exit::as_wanted);
    });
    CHECK(difference(scenario.host, second.host()) == "");
    return true;
}

/// Kills at every place that there is.
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

}  // namespace

TEST_CASE("killed anywhere among sysctls, apply leaves nothing that is not restored",
          "[crash][apply]") {
    check_every_kill({.host = host_with_sysctls(),
                      .verb = applying("[memory]\nswappiness = 10\n[sysctl]\n"
                                       "\"net.core.rmem_max\" = 1000000\n"
                                       "\"net.core.wmem_max\" = 1000000\n")},
                     3);
}

TEST_CASE("killed anywhere around a change of channels, what it reset is restored as well",
          "[crash][apply]") {
    check_every_kill({.host = host_with_steering(),
                      .verb = applying("[memory]\nswappiness = 10\n"
                                       "[nic.eth0]\nchannels.combined = 1\nmtu = 1400\n"
                                       "[nic.veth0]\nchannels.rx = 1\nchannels.tx = 1\n")},
                     5);
}

TEST_CASE("killed anywhere with the interrupts' CPUs changing too, all are restored",
          "[crash][apply]") {
    check_every_kill({.host = host_with_steering(),
                      .verb = applying("[nic.eth0]\nchannels.combined = 4\nrps.cpus = \"2\"\n"
                                       "[irq.eth0]\ncpus = \"1-2\"\nspread = \"one-to-one\"\n")},
                     5);
}

TEST_CASE("killed anywhere, also in the rollback of a change that fails, all are restored",
          "[crash][apply]") {
    FakeHost host = host_with_steering();
    host.refuse("/proc/sys/vm/dirty_ratio", {.error = EINVAL});
    check_every_kill({.host = host,
                      .verb = applying("[memory]\nswappiness = 10\ndirty_ratio = 5\n"
                                       "[nic.eth0]\nchannels.combined = 1\n")},
                     4);
}

TEST_CASE("killed anywhere while CPUs go offline, they and their settings come back",
          "[crash][apply]") {
    check_every_kill({.host = given::host().with_cpus({.cores = 2, .threads = 2}).with_cpufreq(),
                      .verb = applying("[cpu]\nsmt = \"off\"\ngovernor = \"performance\"\n")},
                     3);
}

TEST_CASE("killed anywhere, the profile before it is in force again", "[crash][apply]") {
    check_every_kill({.host = host_with_sysctls(),
                      .before = {"[memory]\nswappiness = 20\n[sysctl]\n"
                                 "\"net.core.rmem_max\" = 500000\n"},
                      .verb = applying("[memory]\nswappiness = 10\n[sysctl]\n"
                                       "\"net.core.wmem_max\" = 1000000\n")},
                     3);
}

TEST_CASE("killed anywhere in an apply that is to be confirmed, all are restored",
          "[crash][confirm]") {
    const Scenario scenario{.host = host_with_sysctls(), .verb = [](EngineOn& engine) {
                                ApplyRequest request = apply_request();
                                request.confirm_within = std::chrono::seconds(60);
                                return engine.apply("[memory]\nswappiness = 10\n", request);
                            }};
    for (std::size_t n = 1;; ++n) {
        const Outside outside(scenario);
        const FakeHost start = outside.host();
        if (!outside.killed({.after_record = n})) {
            CHECK(n > 3);
            break;
        }
        INFO("killed after record " << n);
        check_interruption_is_told(outside, start);
        roll_back(outside, "");
        CHECK(difference(start, outside.host()) == "");
    }
}
