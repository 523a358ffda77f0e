// What the kernel changes along with a setting, to whatever it was: IPv6's own MTU with the
// device's, members' MTUs with their bond's.
#include <linux/ethtool_netlink.h>
#include <linux/if_link.h>

#include "support/catch.hpp"
#include "support/device_moves.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

std::string ipv6_mtu(const std::string& device) {
    return "/proc/sys/net/ipv6/conf/" + device + "/mtu";
}

std::string mtu_of(const std::string& device) {
    return link_number_cell(device, IFLA_MTU);
}

FakeHost host_with_ipv6(const std::string& device_mtu, const std::string& own) {
    return given::host()
        .with_nic("eth0", {.mtu = static_cast<unsigned>(std::stoul(device_mtu))})
        .with(ipv6_mtu("eth0"), own);
}

bool has_row(const Report& report, std::string_view setting) {
    return std::ranges::find(report.rows, setting, &Row::setting) != report.rows.end();
}

constexpr std::string_view of_eth0 = "sysctl.net.ipv6.conf.eth0.mtu";

}  // namespace

TEST_CASE("an MTU of IPv6 that is not the device's comes back with the device's",
          "[engine][carried]") {
    const auto [device, own, wanted] = GENERATE(table<std::string, std::string, std::string>(
        {{"1500", "1300", "9000"}, {"1500", "1300", "1400"}, {"9000", "4000", "1500"}}));
    Scene scene(host_with_ipv6(device, own));
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply("[nic.eth0]\nmtu = " + wanted + "\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(ipv6_mtu("eth0")) == wanted);
    const Row row = row_at(applied, std::string(of_eth0), Target::host());
    CHECK(row.before == own);
    CHECK(row.got == wanted);
    CHECK(row.message == "reset by nic.mtu on eth0; rollback restores it");
    CHECK(engine.verify().exit == Exit::as_wanted);

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(report.state == HostState::clean);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("an MTU of IPv6 that is the device's goes with it without a word", "[engine][carried]") {
    Scene scene(host_with_ipv6("1500", "1500"));
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply("[nic.eth0]\nmtu = 1400\n");
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK_FALSE(has_row(applied, of_eth0));
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("an MTU of IPv6 that somebody sets after the apply is theirs", "[engine][carried]") {
    Scene scene(host_with_ipv6("1500", "1300"));
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply("[nic.eth0]\nmtu = 1400\n").exit == Exit::as_wanted);
    host.with(ipv6_mtu("eth0"), "1350");
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(row_at(report, std::string(of_eth0), Target::host()).outcome == Outcome::overridden);
}

TEST_CASE("an MTU of IPv6 that one profile after the other takes along comes back",
          "[engine][carried]") {
    const bool at_once = GENERATE(true, false);
    Scene scene(host_with_ipv6("1500", "1300"));
    auto& [host, before, folder, engine] = scene;
    for (const char* mtu : {"1400", "1450", "9000"}) {
        REQUIRE(engine.apply(std::string("[nic.eth0]\nmtu = ") + mtu + "\n").exit ==
                Exit::as_wanted);
    }
    for (int last = 0; !at_once && last < 2; ++last) {
        REQUIRE(engine.rollback().exit == Exit::as_wanted);
    }
    const Report report = at_once ? engine.rollback_all() : engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(report.state == HostState::clean);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("both MTUs in one profile are both held and both put back", "[engine][carried]") {
    Scene scene(host_with_ipv6("1500", "1400"));
    auto& [host, before, folder, engine] = scene;
    const std::string own = GENERATE(as<std::string>{}, "1300", "1400");
    const std::string profile =
        "[nic.eth0]\nmtu = 1450\n[sysctl]\n\"net.ipv6.conf.eth0.mtu\" = " + own + "\n";
    const Report applied = engine.apply(profile);
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(ipv6_mtu("eth0")) == own);
    CHECK(std::ranges::count(applied.rows, of_eth0, &Row::setting) == 1);
    CHECK(engine.verify().exit == Exit::as_wanted);
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("an MTU of IPv6 is found by the name that its device has at rollback",
          "[engine][carried]") {
    Scene scene(host_with_ipv6("1500", "1300"));
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply("[nic.eth0]\nmtu = 1400\n").exit == Exit::as_wanted);
    rename_nic(host, "eth0", "feed0.a");
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(host.text(ipv6_mtu("feed0.a")) == "1300");
}

TEST_CASE("a VLAN whose MTU falls with its device's gets IPv6's back as well",
          "[engine][carried]") {
    Scene scene(given::host()
                    .with_nic("eth0")
                    .with_nic("eth0.100", {.kind = "vlan", .over = "eth0"})
                    .with(ipv6_mtu("eth0"), "1500")
                    .with(ipv6_mtu("eth0.100"), "1300"));
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply("[nic.eth0]\nmtu = 1400\n").exit == Exit::as_wanted);
    CHECK(host.text(ipv6_mtu("eth0.100")) == "1400");
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("what followed a setting is as it was once the next profile does not name that",
          "[engine][carried]") {
    Scene scene(given::host()
                    .with_nic("eth0")
                    .with_nic("eth0.100", {.kind = "vlan", .over = "eth0"})
                    .with(ipv6_mtu("eth0"), "1300")
                    .with(ipv6_mtu("eth0.100"), "1290"));
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply("[nic.eth0]\nmtu = 1400\n").exit == Exit::as_wanted);
    const FakeHost first = host;
    const bool is_theirs = GENERATE(false, true);
    if (is_theirs) {
        host.with(ipv6_mtu("eth0.100"), "1285");
    }
    const Report second = engine.apply("[nic.eth0]\ntxqueuelen = 500\n");
    INFO(text_of(second));
    REQUIRE(second.exit == Exit::as_wanted);
    CHECK(host.text(mtu_of("eth0")) == "1500");
    CHECK(host.text(mtu_of("eth0.100")) == "1500");
    CHECK(host.text(ipv6_mtu("eth0")) == "1300");
    if (is_theirs) {
        return;  // the kernel has set it with the VLAN's own
    }
    CHECK(host.text(ipv6_mtu("eth0.100")) == "1290");

    const Report one = engine.rollback();
    INFO(text_of(one));
    CHECK(one.exit == Exit::as_wanted);
    CHECK(difference(first, host) == no_difference);
    const Report all = engine.rollback();
    INFO(text_of(all));
    CHECK(all.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("members whose MTU is not their bond's have it again after rollback",
          "[engine][carried][bond]") {
    const auto [first, second, wanted] = GENERATE(table<unsigned, unsigned, std::string>(
        {{9000, 1500, "9000"}, {4000, 1500, "9000"}, {9000, 9000, "9000"}, {9000, 1400, "1450"}}));
    Scene scene(given::host()
                    .with_nic("bond0", {.kind = "bond"})
                    .with_nic("eth0", {.master = "bond0", .mtu = first})
                    .with_nic("eth1", {.master = "bond0", .mtu = second})
                    .with(ipv6_mtu("eth0"), "1300"));
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply("[nic.bond0]\nmtu = " + wanted + "\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(mtu_of("eth0")) == wanted);
    CHECK(host.text(mtu_of("eth1")) == wanted);
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("a queue that comes back while one of its CPUs is offline is steered by the others",
          "[engine][carried]") {
    const std::string came_with = GENERATE(as<std::string>{}, "0", "2");
    Scene scene(given::host()
                    .with_cpus({.cores = 2, .threads = 2})
                    .with_cpufreq()
                    .with_nic("eth0", {.queues = 4})
                    .with("/sys/class/net/eth0/queues/tx-3/xps_cpus", "a"));
    auto& [host, before, folder, engine] = scene;
    const std::string steering = "/sys/class/net/eth0/queues/tx-3/xps_cpus";
    // As Linux has it: no CPU that is offline, and drivers deal queues out by themselves.
    host.adjust(steering, [](const Cells& cells, const Write& write) {
        const bool has_last = text_of(cells, "/sys/devices/system/cpu/online") == "0-3";
        return has_last || write.text != "a" ? write.text : std::string("2");
    });
    REQUIRE(engine.apply("[cpu]\nsmt = \"off\"\n[nic.eth0]\nchannels.combined = 2\n").exit ==
            Exit::as_wanted);
    REQUIRE_FALSE(host.cells.contains(steering));
    host.on_write(ethtool_cell("eth0", ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_A_CHANNELS_COMBINED_COUNT),
                  [=](Edit& edit, const Write&) {
                      if (edit.cells().contains(steering)) {
                          edit.set(steering, came_with);
                      }
                  });
    const Report second = engine.apply("[cpu]\nsmt = \"off\"\n");
    INFO(text_of(second));
    REQUIRE(second.exit == Exit::as_wanted);
    CHECK(host.text(steering) == "2");

    const Report report = engine.rollback_all();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(host.text(steering) == "a");
}
