// What `topology` finds on a host: nothing that the kernel does not say, and never a write.
#include "engine/host_topology.hpp"

#include <algorithm>

#include "support/catch.hpp"
#include "support/cpu_list.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/given_hardware.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

/// Cores 0,4 1,5 | 2,6 3,7.
FakeHost two_nodes() {
    FakeHost host = given::host();
    host.with_cpus({.sockets = 2, .cores = 2, .threads = 2});
    given::add_caches(host);
    given::add_memory(host, 0, 4096, 8);
    given::add_memory(host, 1, 2048);
    return host;
}

const NicLayout& nic_named(const HostTopology& host, std::string_view name) {
    const auto found = std::ranges::find_if(
        host.nics, [name](const NicLayout& nic) { return nic.nic.device == name; });
    REQUIRE(found != host.nics.end());
    return *found;
}

}  // namespace

TEST_CASE("sockets, caches and memory are those that sysfs shows", "[engine][topology]") {
    FakeHost host = two_nodes();
    host.with("/sys/devices/system/cpu/isolated", "3,7")
        .with("/sys/devices/system/cpu/nohz_full", "  (null)")
        .with("/sys/fs/cgroup/cpuset.cpus.isolated", "6");
    const Hardware found = given::topology_of(host).hardware;
    CHECK(found.sockets == std::map<unsigned, CpuSet>{{0, list("0-1,4-5")}, {1, list("2-3,6-7")}});
    CHECK(found.topology.isolated == list("3,7"));
    CHECK(found.partitioned == list("6"));
    CHECK(found.nohz_full.empty());
    CHECK(found.offline.empty());
    const std::vector<Cache> caches = {
        {2, 1280UL << 10U, list("0,4")},   {2, 1280UL << 10U, list("1,5")},
        {2, 1280UL << 10U, list("2,6")},   {2, 1280UL << 10U, list("3,7")},
        {3, 32UL << 20U, list("0-1,4-5")}, {3, 32UL << 20U, list("2-3,6-7")}};
    CHECK(found.caches == caches);
    REQUIRE(found.memory.contains(0));
    const NodeMemory& memory = found.memory.at(0);
    CHECK(memory.bytes == 4UL << 30U);
    CHECK(memory.free_bytes == 1UL << 30U);
    CHECK(memory.huge_pages == std::vector<HugePages>{{2UL << 20U, 8, 1}, {1UL << 30U, 0, 0}});
}

TEST_CASE("a CPU that is offline stays on its node and leaves its core and caches",
          "[engine][topology]") {
    FakeHost host = two_nodes();
    {
        FakeSystem system(host);
        REQUIRE(system.files().write("/sys/devices/system/cpu/cpu6/online", "0"));
    }
    const Hardware found = given::topology_of(host).hardware;
    CHECK(found.offline == std::map<unsigned, CpuSet>{{1, list("6")}});
    CHECK(found.topology.cores[2] == list("2"));
    CHECK(found.sockets.at(1) == list("2-3,7"));
    CHECK(found.caches.back().cpus == list("2-3,7"));
}

TEST_CASE("each interrupt has its queues, NAPI instances and both affinities",
          "[engine][topology]") {
    FakeHost host = two_nodes();
    host.with_nic("eth0", {.queues = 2, .numa_node = 1, .default_route = true});
    given::set_speed(host, "eth0", 10'000);
    given::bind_interrupt(host, 80, "2-3", "3");
    given::bind_interrupt(host, 81, "0-7", "");
    const HostTopology found = given::topology_of(host);
    const NicLayout& nic = nic_named(found, "eth0");
    CHECK(nic.node == 1U);
    CHECK(nic.speed == 10'000U);
    CHECK(nic.is_up);
    CHECK(nic.has_carrier);
    CHECK(nic.nic.fact("management") == "default route");
    const std::vector<ServedQueues> served = {{.irq = 80,
                                               .action = "eth0-TxRx-0",
                                               .rx = list("0"),
                                               .tx = list("0"),
                                               .napis = {8192},
                                               .affinity = list("2-3"),
                                               .effective = list("3")},
                                              {.irq = 81,
                                               .action = "eth0-TxRx-1",
                                               .rx = list("1"),
                                               .tx = list("1"),
                                               .napis = {8193},
                                               .affinity = list("0-7"),
                                               .effective = CpuSet()}};
    CHECK(nic.served == served);
    CHECK(far_nodes(found.hardware.topology, nic, nic.served[0]).empty());
}

TEST_CASE("an interrupt is far where it runs on CPUs of another node, or can run on no other",
          "[engine][topology]") {
    FakeHost host = two_nodes();
    host.with_nic("eth0", {.queues = 4, .numa_node = 1}).with_nic("eth1", {.numa_node = -1});
    given::bind_interrupt(host, 80, "0-7", "1");  // may run on its own node, and does not
    given::bind_interrupt(host, 81, "0-7", "");   // not set up yet
    given::bind_interrupt(host, 82, "0-1", "");
    given::bind_interrupt(host, 83, "0-7", "6");
    const HostTopology found = given::topology_of(host);
    std::vector<std::string> far;
    for (const ServedQueues& served : nic_named(found, "eth0").served) {
        far.push_back(far_nodes(found.hardware.topology, nic_named(found, "eth0"), served).list());
    }
    CHECK(far == std::vector<std::string>{"0", "", "0", ""});
    const NicLayout& unknown = nic_named(found, "eth1");
    CHECK_FALSE(unknown.node);
    CHECK(far_nodes(found.hardware.topology, unknown, unknown.served[0]).empty());
}

TEST_CASE("the only interrupt of a device serves all of its queues", "[engine][topology]") {
    FakeHost host = two_nodes();
    host.with_nic("eth0", {.queues = 1, .tells_queues = false});
    std::string& table = host.cells.at("/proc/interrupts");
    table.replace(table.find("eth0-TxRx-0"), 11, "eth0");
    const HostTopology found = given::topology_of(host);
    const NicLayout& nic = nic_named(found, "eth0");
    REQUIRE(nic.served.size() == 1);
    CHECK(nic.served[0].action == "eth0");
    CHECK(nic.served[0].rx == list("0"));
    CHECK(nic.served[0].tx == list("0"));
    CHECK(nic.served[0].napis.empty());
}

TEST_CASE("queues whose interrupt nobody names are shown without one", "[engine][topology]") {
    FakeHost host = two_nodes();
    host.with_nic("eth0", {.queues = 2, .tells_queues = false});
    std::string& table = host.cells.at("/proc/interrupts");
    table.replace(table.find("eth0-TxRx-1"), 11, "eth0-event");
    const HostTopology found = given::topology_of(host);
    const NicLayout& nic = nic_named(found, "eth0");
    REQUIRE(nic.served.size() == 3);
    CHECK(nic.served[1].action == "eth0-event");
    CHECK(nic.served[1].rx.empty());
    CHECK_FALSE(nic.served[2].irq);
    CHECK(nic.served[2].rx == list("1"));
    CHECK(nic.served[2].tx == list("1"));
}

TEST_CASE("a NIC with its NAPI instances named but no interrupts still shows them",
          "[engine][topology]") {
    FakeHost host = two_nodes();
    host.with_nic("eth0", {.queues = 1, .tells_queues = false}).with("queue:eth0:rx-0", "513 0");
    const HostTopology found = given::topology_of(host);
    const NicLayout& nic = nic_named(found, "eth0");
    REQUIRE(nic.served.size() == 1);
    CHECK(nic.served[0].irq == 80U);
    CHECK(nic.served[0].napis == std::vector<unsigned>{513});
}

TEST_CASE("a host without caches, memory, sockets and interrupts has a topology still",
          "[engine][topology]") {
    FakeHost host = given::host();
    host.without("topology/physical_package_id").with_nic("eth0").without("/proc/interrupts");
    const HostTopology found = given::topology_of(host);
    CHECK(found.hardware.sockets.empty());
    CHECK(found.hardware.caches.empty());
    CHECK(found.hardware.memory.empty());
    CHECK(nic_named(found, "eth0").served.size() == 1);
    REQUIRE(found.notes.size() == 1);
    CHECK_THAT(found.notes[0], Contains("interrupts are not shown: ") &&
                                   Contains("/proc/interrupts") && Contains("ENOENT"));
}

TEST_CASE("who may not look at interrupts is shown the rest", "[engine][topology]") {
    FakeHost host = two_nodes();
    host.with_nic("eth0", {.queues = 1}).unprivileged().unreadable("/proc/irq/*");
    const HostTopology found = given::topology_of(host);
    const NicLayout& nic = nic_named(found, "eth0");
    REQUIRE(nic.served.size() == 1);
    CHECK(nic.served[0].irq == 80U);
    CHECK_FALSE(nic.served[0].affinity);
    CHECK_FALSE(nic.served[0].effective);
}

TEST_CASE("a file that hangs ends the look at the host by the deadline, and is named",
          "[engine][topology][timeout]") {
    struct Run {
        explicit Run(SystemFactory systems) : calls(std::move(systems)), survey(calls) {}
        CallRunner calls;
        Survey survey;
        Result<HostTopology> found = HostTopology();
    };
    FakeHost host = two_nodes();
    host.with_nic("eth0", {.queues = 1}).hang_reads("/proc/irq/80/smp_affinity_list");
    FakeSystem system(host);
    const auto run = std::make_shared<Run>([&system] { return system.another(); });
    const Status done = run->calls.supervised(std::chrono::milliseconds(200),
                                              [run] { run->found = host_topology(run->survey); });
    REQUIRE_FALSE(done);
    CHECK(done.error().code == ErrorCode::timed_out);
    CHECK_THAT(done.error().message, Contains("reading the queues and interrupts of eth0") &&
                                         Contains("/proc/irq/80/smp_affinity_list"));
    system.release();
}
