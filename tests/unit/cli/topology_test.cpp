// The host as a picture, and as JSON.
#include <nlohmann/json.hpp>

#include "fake_service.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/given_hardware.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nlohmann::json;

namespace {

std::string drawn(FakeHost& host, std::size_t width = 80) {
    Answers answers;
    answers.topology = given::topology_of(host);
    cli::Surroundings terminal;
    terminal.width = width;
    const Printed printed = nanotune::test::nanotune(answers, {"topology"}, terminal);
    CHECK(printed.status == 0);
    CHECK(printed.error.empty());
    return "\n" + printed.out;
}

/// Two sockets of two cores of two threads, and a NIC on the second with an interrupt on the first.
FakeHost two_sockets() {
    FakeHost host = given::host();
    host.with_cpus({.sockets = 2, .cores = 2, .threads = 2});
    given::add_caches(host);
    given::add_memory(host, 0, 65'536, 512);
    given::add_memory(host, 1, 1536);
    host.with_nic("eth0", {.queues = 4, .numa_node = 1, .default_route = true});
    given::set_speed(host, "eth0", 25'000);
    for (unsigned queue = 0; queue < 4; ++queue) {
        const std::string own = std::to_string((queue % 2 + 2) + (queue / 2 * 4));
        given::bind_interrupt(host, 80 + queue, own, own);
    }
    given::bind_interrupt(host, 82, "0-7", "1");
    return host;
}

}  // namespace

TEST_CASE("one socket without SMT, and a NIC with one queue", "[cli][topology]") {
    FakeHost host = given::host();
    host.with_cpus({.sockets = 1, .cores = 4, .threads = 1});
    given::add_caches(host);
    given::add_memory(host, 0, 8192);
    host.with_nic("eth0", {.driver = "e1000e", .queues = 1, .tells_queues = false});
    given::set_speed(host, "eth0", 1000);
    CHECK(drawn(host) == R"(
1 socket, 1 node, 4 cores, 4 CPUs: 0-3

Socket 0, node 0: 8 GiB of memory, 2 GiB free
  L3 32 MiB, CPUs 0-3; L2 1280 KiB a core
    [0] [1] [2] [3]
  eth0: e1000e, 0000:02:00.0, 1 Gb/s
    QUEUE    IRQ  AFFINITY  EFFECTIVE
    rx/tx 0  80   0-3       0
)");
}

TEST_CASE("two sockets with SMT, and a NIC with an interrupt on the wrong node",
          "[cli][topology]") {
    FakeHost host = two_sockets();
    CHECK(drawn(host) == R"(
2 sockets, 2 nodes, 4 cores, 8 CPUs: 0-7

Socket 0, node 0: 64 GiB of memory, 16 GiB free
  huge pages: 512 of 2 MiB (1 free)
  L3 32 MiB, CPUs 0-1,4-5; L2 1280 KiB a core
    [0 4] [1 5]

Socket 1, node 1: 1.5 GiB of memory, 384 MiB free
  L3 32 MiB, CPUs 2-3,6-7; L2 1280 KiB a core
    [2 6] [3 7]
  eth0: igb, 0000:02:00.0, 25 Gb/s, default route
    QUEUE    NAPI  IRQ  AFFINITY  EFFECTIVE
    rx/tx 0  8192  80   2         2
    rx/tx 1  8193  81   3         3
    rx/tx 2  8194  82   0-7       1          on node 0
    rx/tx 3  8195  83   7         7
)");
}

TEST_CASE("CPUs that are offline, isolated or without a tick", "[cli][topology]") {
    FakeHost host = given::host();
    host.with_cpus({.sockets = 2, .cores = 2, .threads = 2});
    given::add_caches(host);
    {
        FakeSystem system(host);
        REQUIRE(system.files().write("/sys/devices/system/cpu/cpu4/online", "0"));
        REQUIRE(system.files().write("/sys/devices/system/cpu/cpu7/online", "0"));
    }
    host.with("/sys/devices/system/cpu/isolated", "2-3,6-7")
        .with("/sys/devices/system/cpu/nohz_full", "3,6-7")
        .with("/sys/fs/cgroup/cpuset.cpus.isolated", "1");
    CHECK(drawn(host) == R"(
2 sockets, 2 nodes, 4 cores, 8 CPUs: 0-7
offline: 4,7
isolated at boot (i): 2-3,6-7
isolated by cpuset partitions (i): 1
nohz_full (n): 3,6-7

Socket 0, node 0
  L3 32 MiB, CPUs 0-1,5; L2 1280 KiB a core
    [0      ] [1i  5  ]
  offline: 4

Socket 1, node 1
  L3 32 MiB, CPUs 2-3,6; L2 1280 KiB a core
    [2i  6in] [3in    ]
  offline: 7
)");
}

TEST_CASE("NICs of unknown node and devices of software stand apart", "[cli][topology]") {
    FakeHost host = given::host();
    host.with_nic("eth0", {.driver = "virtio_net", .queues = 2, .numa_node = -1})
        .with_nic("bond0", {.kind = "bond"})
        .with_nic("eth1", {.queues = 1, .numa_node = 3, .master = "bond0", .vf = true})
        .with_nic("eth0.5", {.kind = "vlan", .over = "eth0"});
    host.with(link_cell("eth0", "carrier"), "0");
    host.with(link_cell("eth1", "up"), "0");
    given::bind_interrupt(host, 80, "0-3", "");
    host.unreadable("/proc/irq/81/*");
    CHECK(drawn(host) == R"(
1 socket, 1 node, 4 cores, 4 CPUs: 0-3

Socket 0, node 0
  CPUs 0-3
    [0] [1] [2] [3]

NICs on none of these nodes, as far as the kernel says
  eth0: virtio_net, 0000:02:00.0, no carrier
    QUEUE    NAPI  IRQ  AFFINITY  EFFECTIVE
    rx/tx 0  8192  80   0-3       -
    rx/tx 1  8193  81   ?         ?
  eth1: igb, 0000:04:00.0, virtual function, down, on node 3, which is not
    online, in bond0
    QUEUE    NAPI  IRQ  AFFINITY  EFFECTIVE
    rx/tx 0  8256  144  0-3       0

Without hardware: bond0 (bond), eth0.5 (vlan)
)");
}

TEST_CASE("who has a NIC besides the kernel stands below its name", "[cli][topology]") {
    FakeHost host = given::host();
    host.with_nic("eth0", {.queues = 1}).with_nic("v0", {.kind = "veth"});
    host.with(link_cell("eth0", "xdp:native"), "12").with(link_cell("v0", "xdp:generic"), "7");
    const std::string picture = drawn(host);
    INFO(picture);
    const auto name = picture.find("  eth0: igb");
    const auto owner = picture.find("    XDP program 12 (native)\n");
    REQUIRE(name != std::string::npos);
    REQUIRE(owner != std::string::npos);
    CHECK(name < owner);
    CHECK(owner < picture.find("QUEUE"));
    CHECK(picture.contains("\nv0: XDP program 7 (generic)\nWithout hardware: v0 (veth)\n"));
}

TEST_CASE("a host with many CPUs is drawn in 80 columns, with its ranges folded",
          "[cli][topology]") {
    FakeHost host = given::host();
    host.with_cpus({.sockets = 1, .cores = 24, .threads = 2});
    given::add_caches(host);
    host.with_nic("eth0", {.driver = "a_driver_of_long_name", .queues = 2});
    given::bind_interrupt(host, 80, "0-11,24-35", "0");
    given::bind_interrupt(
        host, 81, "1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33,35,37,39,41,43,45,47", "47");
    CHECK(drawn(host) == R"(
1 socket, 1 node, 24 cores, 48 CPUs: 0-47

Socket 0, node 0
  L3 32 MiB, CPUs 0-47; L2 1280 KiB a core
    [0  24] [1  25] [2  26] [3  27] [4  28] [5  29] [6  30] [7  31] [8  32]
    [9  33] [10 34] [11 35] [12 36] [13 37] [14 38] [15 39] [16 40] [17 41]
    [18 42] [19 43] [20 44] [21 45] [22 46] [23 47]
  eth0: a_driver_of_long_name, 0000:02:00.0, 10 Gb/s
    QUEUE    NAPI  IRQ  AFFINITY                                       EFFECTIVE
    rx/tx 0  8192  80   0-11,24-35                                     0
    rx/tx 1  8193  81   1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,    47
                        33,35,37,39,41,43,45,47
)");
}

TEST_CASE("caches that several cores share part the cores", "[cli][topology]") {
    FakeHost host = given::host();
    host.with_cpus({.sockets = 1, .cores = 8, .threads = 1});
    given::add_caches(host);
    for (unsigned cpu = 0; cpu < 8; ++cpu) {
        const std::string folder =
            "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cache/index";
        host.with(folder + "3/shared_cpu_list", cpu < 4 ? "0-3" : "4-7");
        if (cpu >= 4) {
            host.with(folder + "2/shared_cpu_list", cpu < 6 ? "4-5" : "6-7");
        }
    }
    CHECK(drawn(host) == R"(
1 socket, 1 node, 8 cores, 8 CPUs: 0-7

Socket 0, node 0
  L3 32 MiB, CPUs 0-3; L2 1280 KiB a core
    [0] [1] [2] [3]
  L3 32 MiB, CPUs 4-7; L2 1280 KiB: 4-5 6-7
    [4] [5] [6] [7]
)");
}

TEST_CASE("only a terminal gets colours", "[cli][topology]") {
    FakeHost host = two_sockets();
    CHECK(drawn(host).find('\033') == std::string::npos);
    Answers answers;
    answers.topology = given::topology_of(host);
    const std::string coloured =
        nanotune::test::nanotune(answers, {"topology", "--colour", "always"}).out;
    CHECK(coloured.find("\033[33mon node 0\033[0m") != std::string::npos);
}

TEST_CASE("the topology in JSON is complete", "[cli][json][topology]") {
    FakeHost host = two_sockets();
    host.with("/sys/devices/system/cpu/isolated", "3,7");
    Answers answers;
    answers.topology = given::topology_of(host);
    const json found = json::parse(nanotune::test::nanotune(answers, {"topology", "--json"}).out);
    CHECK(found.at("version") == 1);
    CHECK(found.at("verb") == "topology");
    CHECK(found.at("exit") == 0);
    CHECK(found.at("cpus") == json{{"present", "0-7"},
                                   {"online", "0-7"},
                                   {"offline", ""},
                                   {"isolated", "3,7"},
                                   {"partitioned", ""},
                                   {"nohz_full", ""}});
    CHECK(found.at("sockets") ==
          json{{{"socket", 0}, {"cpus", "0-1,4-5"}}, {{"socket", 1}, {"cpus", "2-3,6-7"}}});
    CHECK(found.at("cores") == json{"0,4", "1,5", "2,6", "3,7"});
    CHECK(found.at("caches").size() == 6);
    CHECK(found.at("caches")[5] == json{{"level", 3}, {"bytes", 33554432}, {"cpus", "2-3,6-7"}});
    const json memory = {{"bytes", 1610612736},
                         {"free_bytes", 402653184},
                         {"huge_pages",
                          {{{"bytes", 2097152}, {"total", 0}, {"free", 0}},
                           {{"bytes", 1073741824}, {"total", 0}, {"free", 0}}}}};
    CHECK(found.at("nodes")[1] ==
          json{{"node", 1}, {"cpus", "2-3,6-7"}, {"offline", ""}, {"memory", memory}});
    REQUIRE(found.at("nics").size() == 1);
    json nic = found.at("nics")[0];
    const json interrupts = nic.at("interrupts");
    nic.erase("interrupts");
    CHECK(nic == json{{"name", "eth0"},
                      {"kind", "physical"},
                      {"driver", "igb"},
                      {"pci", "0000:02:00.0"},
                      {"node", 1},
                      {"speed_mbps", 25000},
                      {"up", true},
                      {"carrier", true},
                      {"master", ""},
                      {"management", "default route"},
                      {"owners", json::array()}});
    REQUIRE(interrupts.size() == 4);
    CHECK(interrupts[2] == json{{"irq", 82},
                                {"action", "eth0-TxRx-2"},
                                {"rx", "2"},
                                {"tx", "2"},
                                {"napis", {8194}},
                                {"affinity", "0-7"},
                                {"effective", "1"},
                                {"other_nodes", "0"}});
    CHECK(found.at("notes").empty());
}

TEST_CASE("a topology that cannot be seen ends as other reading verbs do", "[cli][topology]") {
    Answers answers;
    answers.topology = std::unexpected(
        Problems{Error{ErrorCode::timed_out, "reading the queues of eth0 hangs", 0}});
    const Printed printed = nanotune::test::nanotune(answers, {"topology"});
    CHECK(printed.status == 7);
    CHECK(printed.out.empty());
    CHECK(printed.error == "reading the queues of eth0 hangs\n");
}
