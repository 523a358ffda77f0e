// A setting of one plugin is a bare one of another plugin's while the first is not there. It stays
// one setting, with one baseline.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string balancing = "/proc/sys/kernel/numa_balancing";

constexpr auto low = "[sysctl]\n\"vm.swappiness\" = 10\n";
constexpr auto lower = "[sysctl]\n\"vm.swappiness\" = 5\n";

/// Engines with and without a plugin, on one host and one journal.
struct Hosts {
    explicit Hosts(std::string_view plugin)
        : with(host, folder.path()),
          without(host, folder.path(), {.boot = "test-boot", .network = 1}, {}, plugin) {}

    FakeHost host = given::plain_host().with_sysctl("kernel.numa_balancing", "1").with_cpuidle();
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn with;
    EngineOn without;
};

void check_second(EngineOn& engine, const Hosts& hosts) {
    const Report second = engine.apply(lower);
    INFO(text_of(second));
    CHECK(second.exit == Exit::as_wanted);
    CHECK(second.rows.size() == 1);
    CHECK(hosts.host.text(swappiness) == "5");
    const HostStatus status = engine.status();
    REQUIRE(status.rows.size() == 1);
    CHECK(status.rows[0].before == hosts.before.text(swappiness));
    CHECK(status.stranded.empty());
}

}  // namespace

TEST_CASE("a setting has its range under another plugin's name, too", "[engine][names]") {
    Hosts hosts("memory");
    const Report refused = hosts.with.apply("[sysctl]\n\"vm.swappiness\" = 999\n");
    INFO(text_of(refused));
    CHECK(refused.exit == Exit::refused);
    CHECK(text_of(refused).contains("a whole number from 0 to 200, not 999"));
    CHECK(hosts.with.apply("[sysctl]\n\"kernel.numa_balancing\" = 0\n").exit == Exit::as_wanted);
}

TEST_CASE("a setting keeps its baseline when the plugin that owns it arrives", "[engine][names]") {
    Hosts hosts("memory");
    REQUIRE(hosts.without.apply(low).exit == Exit::as_wanted);
    CHECK(hosts.with.verify().exit == Exit::as_wanted);
    check_second(hosts.with, hosts);
    CHECK(hosts.with.rollback().exit == Exit::as_wanted);
    CHECK(hosts.host.text(swappiness) == "10");
    CHECK(hosts.with.rollback_all().exit == Exit::as_wanted);
    CHECK(difference(hosts.before, hosts.host) == no_difference);
}

TEST_CASE("a setting keeps its baseline when the plugin that owns it leaves", "[engine][names]") {
    Hosts hosts("memory");
    REQUIRE(hosts.with.apply(low).exit == Exit::as_wanted);
    CHECK(hosts.without.verify().exit == Exit::as_wanted);
    check_second(hosts.without, hosts);
    check_second(hosts.with, hosts);
    CHECK(hosts.without.rollback_all().exit == Exit::as_wanted);
    CHECK(difference(hosts.before, hosts.host) == no_difference);
}

TEST_CASE("a flag is the same value under both of its names", "[engine][names]") {
    Hosts hosts("numa");
    constexpr auto off = "[sysctl]\n\"kernel.numa_balancing\" = 0\n";
    REQUIRE(hosts.host.text(balancing) == "1");
    SECTION("its plugin arrives") {
        REQUIRE(hosts.without.apply(off).exit == Exit::as_wanted);
        CHECK(hosts.with.verify().exit == Exit::as_wanted);
        CHECK(hosts.with.rollback_all().exit == Exit::as_wanted);
    }
    SECTION("its plugin leaves") {
        REQUIRE(hosts.with.apply(off).exit == Exit::as_wanted);
        CHECK(hosts.without.verify().exit == Exit::as_wanted);
        CHECK(hosts.without.rollback_all().exit == Exit::as_wanted);
    }
    CHECK(difference(hosts.before, hosts.host) == no_difference);
}

TEST_CASE("what a missing plugin cannot return stays in status once another profile is applied",
          "[engine][status]") {
    Hosts hosts("cpu");
    const FakeHost& host = hosts.host;
    REQUIRE(hosts.with.apply("[cpu]\nwake_latency = \"0us\"\n").exit == Exit::as_wanted);
    REQUIRE(hosts.without.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    const HostStatus status = hosts.without.status();
    REQUIRE_FALSE(status.stranded.empty());
    CHECK(status.stranded[0].setting == "cpu.wake_latency");
    CHECK(status.stranded[0].message.contains("no loaded plugin has the setting"));
    REQUIRE(status.notes.size() == 1);
    CHECK(status.notes[0].contains("install it again"));

    REQUIRE(hosts.with.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    CHECK(hosts.without.status().stranded.empty());
    CHECK(hosts.with.rollback_all().exit == Exit::as_wanted);
    CHECK(difference(hosts.before, host) == no_difference);
}
