// Apply, killed before every write and after every record of the journal.
#include "every_kill.hpp"
#include "support/catch.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE("killed anywhere among sysctls, apply leaves nothing that is not restored",
          "[crash][apply]") {
    check_every_kill({.host = host_with_sysctls(),
                      .verb = applying("[memory]\nswappiness = 10\n[sysctl]\n"
                                       "\"net.core.rmem_max\" = 1000000\n"
                                       "\"net.core.wmem_max\" = 1000000\n")},
                     3);
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
    check_every_kill({.host = host_with_sysctls(),
                      .verb =
                          [](EngineOn& engine) {
                              ApplyRequest request = apply_request();
                              request.confirm_within = std::chrono::seconds(60);
                              Report report = engine.apply("[memory]\nswappiness = 10\n", request);
                              return report.exit == Exit::as_wanted ? engine.confirm() : report;
                          }},
                     1);
}

TEST_CASE("killed anywhere before it was confirmed, rollback restores all", "[crash][confirm]") {
    const Scenario scenario{.host = host_with_sysctls(), .verb = [](EngineOn& engine) {
                                ApplyRequest request = apply_request();
                                request.confirm_within = std::chrono::seconds(60);
                                return engine.apply("[memory]\nswappiness = 10\n", request);
                            }};
    for (std::size_t n = 1;; ++n) {
        INFO("killed after record " << n);
        const Outside outside(scenario);
        const FakeHost start = outside.host();
        const bool was_killed = outside.killed({.after_record = n});
        outside.with_engine([](EngineOn& engine) {
            CHECK(engine.status().state != HostState::tuned);
            CHECK(engine.rollback().exit == Exit::as_wanted);
            CHECK(engine.status().state == HostState::clean);
        });
        CHECK(difference(start, outside.host()) == no_difference);
        if (!was_killed) {
            CHECK(n > 3);
            break;
        }
    }
}

TEST_CASE("killed anywhere around a value that the driver rounds, the old one is restored",
          "[crash][apply]") {
    FakeHost host = host_with_steering();
    host.round_down("ethtool:eth0:15:6", 256).clamp("/proc/sys/vm/swappiness", 80);
    check_every_kill({.host = host,
                      .verb = applying("[memory]\nswappiness = 90\n"
                                       "[nic.eth0]\nring.rx = 1000\n")},
                     2);
}

TEST_CASE("killed twice, in apply and in the rollback after it, all are restored",
          "[crash][apply]") {
    check_every_second_kill({.host = host_with_steering(),
                             .before = {"[memory]\nswappiness = 20\n"},
                             .verb = applying("[memory]\nswappiness = 10\n"
                                              "[nic.eth0]\nchannels.combined = 1\n")});
}
