// The fake host is what every other test believes, so it is tested first.

#include <linux/ethtool_netlink.h>
#include <sched.h>
#include <unistd.h>

#include <nanotune/discover.hpp>
#include <nanotune/topology.hpp>

#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string online = "/sys/devices/system/cpu/online";
const std::string rps = "/sys/class/net/eth0/queues/rx-0/rps_cpus";

}  // namespace

TEST_CASE("a copy of a host is a snapshot that later writes do not reach", "[fake]") {
    FakeHost host = given::host().with_sysctl("vm.swappiness", "60");
    const FakeHost before = host;
    FakeSystem system(host);
    REQUIRE(system.files().write("/proc/sys/vm/swappiness", "10"));
    CHECK_FALSE(host == before);
    CHECK(difference(before, host) == "/proc/sys/vm/swappiness: \"60\" -> \"10\"\n");
}

TEST_CASE("refused, ignored and clamped writes are told apart by reading again", "[fake]") {
    FakeHost host = given::host()
                        .with("/proc/sys/a", "1")
                        .with("/proc/sys/b", "1")
                        .with("/proc/sys/c", "1")
                        .refuse("/proc/sys/a", {.error = EINVAL, .words = "no such mode"})
                        .ignore_writes_to("/proc/sys/b")
                        .clamp("/proc/sys/c", 8);
    FakeSystem system(host);
    const Status refused = system.files().write("/proc/sys/a", "2");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.contains("no such mode (EINVAL)"));
    CHECK(system.files().write("/proc/sys/b", "2"));
    CHECK(system.files().read("/proc/sys/b").value() == "1");
    CHECK(system.files().write("/proc/sys/c", "20"));
    CHECK(system.files().read("/proc/sys/c").value() == "8");
    CHECK(system.writes().size() == 3);
}

TEST_CASE("symbolic links are followed wherever they stand in a path", "[fake]") {
    FakeHost host = given::host().with_nic("eth0");
    FakeSystem system(host);
    Files& files = system.files();
    CHECK(files.link_name("/sys/class/net/eth0/device/driver").value() == "igb");
    CHECK(files.read("/sys/class/net/eth0/device/numa_node").value() == "0");
    CHECK(files.resolved("/sys/class/net/eth0/device").value() ==
          "/sys/devices/pci0000:00/0000:02:00.0");
    CHECK(files.list("/sys/class/net/eth0/queues").value().size() == 8);
    CHECK(files.read("/sys/class/net/eth1/mtu").error().code == ErrorCode::not_found);
}

TEST_CASE("channels reset steering and move queues and interrupts", "[fake]") {
    FakeHost host = given::host().with_nic("eth0");
    FakeSystem system(host);
    REQUIRE(system.files().write(rps, "3"));
    REQUIRE(discover::nic_interrupts(system).value().size() == 4);
    const EthtoolNumbers two = {{ETHTOOL_A_CHANNELS_COMBINED_COUNT, {.number = 2}}};
    REQUIRE(system.ethtool().set(ETHTOOL_MSG_CHANNELS_SET, "eth0", two));
    CHECK(host.text(rps) == "0");
    CHECK(discover::rx_queues(system).value().size() == 2);
    CHECK(discover::nic_interrupts(system).value().size() == 2);
    const EthtoolNumbers nine = {{ETHTOOL_A_CHANNELS_COMBINED_COUNT, {.number = 9}}};
    const Status refused = system.ethtool().set(ETHTOOL_MSG_CHANNELS_SET, "eth0", nine);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.contains("requested channel count exceeds maximum"));
}

TEST_CASE("SMT off takes siblings with their frequency files, and on brings all back", "[fake]") {
    FakeHost host = given::host().with_cpus({.cores = 2, .threads = 2}).with_cpufreq();
    const FakeHost before = host;
    FakeSystem system(host);
    REQUIRE(system.files().write("/sys/devices/system/cpu/smt/control", "off"));
    CHECK(host.text(online) == "0-1");
    CHECK_FALSE(system.files().exists("/sys/devices/system/cpu/cpu2/cpufreq/scaling_governor"));
    CHECK(discover::frequency_policies(system).value().size() == 2);
    REQUIRE(observed_topology(system.files()).value().cores.size() == 2);
    REQUIRE(system.files().write("/sys/devices/system/cpu/smt/control", "on"));
    CHECK(difference(before, host).empty());
}

TEST_CASE("an idle interrupt takes its affinity at the next interrupt", "[fake]") {
    FakeHost host = given::host().with_nic("eth0").idle_interrupt(80);
    FakeSystem system(host);
    REQUIRE(system.files().write("/proc/irq/80/smp_affinity_list", "2"));
    CHECK(host.text("/proc/irq/80/smp_affinity") == "4");
    CHECK(host.text("/proc/irq/80/effective_affinity_list") == "0");
    host.interrupt(80);
    CHECK(host.text("/proc/irq/80/effective_affinity_list") == "2");
}

TEST_CASE("an unprivileged host names the capability that is missing", "[fake]") {
    FakeHost host = given::full_host().unprivileged();
    FakeSystem system(host);
    const Status file = system.files().may_write(rps);
    REQUIRE_FALSE(file);
    CHECK(file.error().code == ErrorCode::denied);
    CHECK(file.error().message.contains("CAP_NET_ADMIN"));
    CHECK(
        system.tasks().set_scheduling(1234, {.policy = SCHED_FIFO, .priority = 80}).error().code ==
        ErrorCode::denied);
    CHECK(system.links().set("eth0", 4, 9000).error().code == ErrorCode::denied);
}

TEST_CASE("a persisted host is found again as it was left", "[fake]") {
    const ScratchFolder folder;
    const std::string log = folder.path() + "/host";
    const FakeHost given = given::host().with_nic("eth0").with("/proc/sys/a", "1");
    FakeHost first = given;
    {
        FakeSystem system(first);
        system.persisted(log);
        REQUIRE(system.files().write("/proc/sys/a", "line\nwith \\ and\ttab"));
        const EthtoolNumbers two = {{ETHTOOL_A_CHANNELS_COMBINED_COUNT, {.number = 2}}};
        REQUIRE(system.ethtool().set(ETHTOOL_MSG_CHANNELS_SET, "eth0", two));
    }
    FakeHost second = given;
    FakeSystem system(second);
    system.persisted(log);
    CHECK(difference(first, second).empty());
    CHECK_FALSE(second == given);
}

TEST_CASE("the observer hears of every write before it happens", "[fake]") {
    FakeHost host = given::host().with("/proc/sys/a", "1");
    FakeSystem system(host);
    std::string seen;
    system.before_write([&](unsigned number) {
        seen += std::to_string(number) + ":" + text_of(host.cells, "/proc/sys/a") + " ";
    });
    REQUIRE(system.files().write("/proc/sys/a", "2"));
    REQUIRE(system.files().write("/proc/sys/a", "3"));
    CHECK(seen == "1:1 2:2 ");
}
