// What exists, and what a profile can know it by.
#include <nanotune/discover.hpp>

#include "support/catch.hpp"
#include "support/device_moves.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

std::vector<Candidate> found(FakeHost& host, Discovery discovery) {
    FakeSystem system(host);
    auto candidates = discovery(system);
    REQUIRE(candidates);
    return *std::move(candidates);
}

Candidate nic(FakeHost& host, std::string_view name) {
    for (const Candidate& candidate : found(host, discover::nics)) {
        if (candidate.device == name) {
            return candidate;
        }
    }
    FAIL("no NIC " << name);
    return {};
}

std::vector<std::string> names(const std::vector<Candidate>& candidates) {
    std::vector<std::string> list;
    list.reserve(candidates.size());
    for (const Candidate& candidate : candidates) {
        list.push_back(candidate.target.name);
    }
    return list;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a physical NIC is known by driver, PCI address, node and kind", "[discover]") {
    FakeHost host =
        given::host()
            .with_cpus({.sockets = 2})
            .with_nic("eth0", {.driver = "ice", .numa_node = 1, .altnames = "enp1s0 uplink"});
    const Candidate eth0 = nic(host, "eth0");
    CHECK(eth0.fact("kind") == "physical");
    CHECK(eth0.fact("driver") == "ice");
    CHECK(eth0.fact("numa_node") == "1");
    CHECK_FALSE(eth0.fact("pci").empty());
    CHECK_FALSE(eth0.fact("mac").empty());
    CHECK(eth0.has_fact("altname", "enp1s0"));
    CHECK(eth0.has_fact("altname", "uplink"));
    CHECK_FALSE(eth0.by_name_only);
    CHECK(eth0.fact("management").empty());
}

TEST_CASE("a node that the firmware does not tell is left out", "[discover]") {
    FakeHost host = given::host().with_nic("eth0", {.numa_node = -1});
    CHECK(nic(host, "eth0").fact("numa_node").empty());
}

TEST_CASE("a card is known by the firmware that runs on it", "[discover]") {
    FakeHost host =
        given::host().with_nic("eth0").with_nic("eth1").with_nic("v0", {.kind = "veth"});
    host.without("firmware:eth1");
    CHECK(nic(host, "eth0").fact("firmware") == "3.25 0x800005cf");
    CHECK(nic(host, "eth1").fact("firmware").empty());
    CHECK(nic(host, "v0").fact("firmware").empty());
}

TEST_CASE("virtual devices and virtual functions go by name only", "[discover]") {
    FakeHost host = given::host()
                        .with_nic("eth0")
                        .with_nic("v0", {.kind = "veth"})
                        .with_nic("eth0v0", {.vf = true});
    CHECK(nic(host, "v0").by_name_only);
    CHECK(nic(host, "v0").fact("kind") == "veth");
    CHECK(nic(host, "v0").fact("driver") == "veth");
    CHECK(nic(host, "eth0v0").by_name_only);
    CHECK(nic(host, "eth0v0").fact("kind") == "vf");
}

TEST_CASE("depth counts the devices below, and a veth's peer is not one of them", "[discover]") {
    FakeHost host = given::host().with_nic("bond0", {.kind = "bond"});
    host.with_nic("eth0", {.master = "bond0"})
        .with_nic("bond0.7", {.kind = "vlan", .over = "bond0"})
        .with_nic("v0", {.kind = "veth", .over = "eth0"});
    CHECK(nic(host, "eth0").depth == 0);
    CHECK(nic(host, "eth0").fact("master") == "bond0");
    CHECK(nic(host, "eth0").fact("bond") == "bond0");
    CHECK(nic(host, "bond0").depth == 1);
    CHECK(nic(host, "bond0.7").depth == 2);
    CHECK(nic(host, "v0").depth == 0);
}

TEST_CASE("devices below the one with the default route carry it too", "[discover]") {
    FakeHost host = given::host().with_nic("bond0", {.kind = "bond", .default_route = true});
    host.with_nic("eth0", {.master = "bond0"}).with_nic("eth1");
    CHECK(nic(host, "bond0").fact("management") == "default route");
    CHECK(nic(host, "eth0").fact("management") == "default route through bond0");
    CHECK(nic(host, "eth1").fact("management").empty());
}

TEST_CASE("through VLAN and bond to its members, and from a virtual function to its card",
          "[discover]") {
    FakeHost host = given::host().with_nic("bond0", {.kind = "bond"});
    host.with_nic("eth0", {.master = "bond0"})
        .with_nic("bond0.7", {.kind = "vlan", .over = "bond0", .default_route = true});
    CHECK(nic(host, "bond0").fact("management") == "default route through bond0.7");
    CHECK(nic(host, "eth0").fact("management") == "default route through bond0.7");

    FakeHost split = given::host().with_nic("eth0").with_nic("eth1");
    split.with_nic("eth0v0", {.default_route = true, .vf = true})
        .with("/sys/devices/pci0000:00/0000:00:00.0/net/eth0/ifindex", "2");
    CHECK(nic(split, "eth0").fact("management") == "default route through eth0v0");
    CHECK(nic(split, "eth1").fact("management").empty());
}

TEST_CASE("the NIC of the operator's session is a management NIC", "[discover]") {
    FakeHost host = given::host().with_nic("eth0").with_nic("eth1", {.address = "192.0.2.1"});
    host.session_address = "192.0.2.1";
    CHECK(nic(host, "eth0").fact("management").empty());
    CHECK(nic(host, "eth1").fact("management") == "your session");
}

TEST_CASE("a device that sysfs shows of another namespace has no facts of it", "[discover]") {
    FakeHost host = given::host().with_nic("eth0", {.driver = "ice"});
    host.with("/sys/class/net/eth0/ifindex", "77");
    CHECK(nic(host, "eth0").fact("driver").empty());
    CHECK(names(found(host, discover::rx_queues)).empty());
}

TEST_CASE("queues come in the order of their numbers", "[discover]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 11});
    const auto queues = found(host, discover::rx_queues);
    REQUIRE(queues.size() == 11);
    CHECK(queues[2].target == Target{"rx_queue", "eth0/rx-2"});
    CHECK(queues[10].target == Target{"rx_queue", "eth0/rx-10"});
    CHECK(queues[10].device == "eth0");
    CHECK(queues[10].fact("queue") == "10");
    CHECK(found(host, discover::tx_queues).back().target.name == "eth0/tx-10");
}

TEST_CASE("the queues of one device are those that all devices' queues have of it", "[discover]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 3}).with_nic("eth1", {.queues = 2});
    FakeSystem system(host);
    const Candidate eth1 = nic(host, "eth1");
    auto receiving = found(host, discover::rx_queues);
    std::erase_if(receiving, [](const Candidate& queue) { return queue.device != "eth1"; });
    REQUIRE(receiving.size() == 2);
    const auto its = discover::rx_queues_of(system, eth1);
    REQUIRE(its);
    CHECK(names(*its) == names(receiving));
    CHECK(its->back().facts == receiving.back().facts);
    CHECK(its->back().ids == receiving.back().ids);
    CHECK(names(discover::tx_queues_of(system, eth1).value()) ==
          std::vector<std::string>{"eth1/tx-0", "eth1/tx-1"});
    host.with("/sys/class/net/eth1/ifindex", "77");
    FakeSystem elsewhere(host);
    CHECK(names(discover::rx_queues_of(elsewhere, eth1).value()).empty());
}

TEST_CASE("interrupts are found by netdev netlink, in queue order", "[discover]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 2});
    const auto interrupts = found(host, discover::nic_interrupts);
    REQUIRE(interrupts.size() == 2);
    CHECK(interrupts[0].target.kind == "irq");
    CHECK(interrupts[0].device == "eth0");
    CHECK(interrupts[0].fact("queues") == "rx-0,tx-0");
    CHECK(interrupts[1].fact("queues") == "rx-1,tx-1");
    CHECK(interrupts[1].fact("action") == "eth0-TxRx-1");
}

TEST_CASE("where the kernel does not tell queues, the interrupts' names do", "[discover]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 2, .tells_queues = false});
    const auto interrupts = found(host, discover::nic_interrupts);
    REQUIRE(interrupts.size() == 2);
    CHECK(interrupts[1].fact("queues") == "rx-1,tx-1");
}

TEST_CASE("every driver's spelling of a queue is understood", "[discover]") {
    struct Spelling {
        std::string action;
        std::string queues;
    };
    const auto [action, queues] = GENERATE(values<Spelling>({
        {"eth0-TxRx-3", "rx-3,tx-3"},
        {"i40e-eth0-TxRx-12", "rx-12,tx-12"},
        {"eth0-Tx-Rx-3", "rx-3,tx-3"},
        {"eth0-rx-3", "rx-3"},
        {"eth0-tx-3", "tx-3"},
        {"virtio2-input.3", "rx-3"},
        {"virtio2-output.3", "tx-3"},
        {"mlx5_comp3@pci:0000:01:00.0", "rx-3,tx-3"},
        {"eth0-fp-3", "rx-3,tx-3"},
        {"eth0-3", "rx-3,tx-3"},
        {"virtio2-config", ""},
        {"mlx5_async0@pci:0000:01:00.0", ""},
        {"eth0", ""},
    }));
    FakeHost host = given::host().with_nic("eth0", {.queues = 13, .tells_queues = false});
    FakeSystem system(host);
    const std::string irq = discover::nic_interrupts(system).value().at(0).target.name;
    host.with("/proc/interrupts", "   CPU0 CPU1\n " + irq + ":  0  0  PCI-MSI 1-edge      " +
                                      action + "\nNMI:  0  0  Non-maskable interrupts");
    INFO(action);
    CHECK(discover::nic_interrupts(system).value().at(0).fact("queues") == queues);
}

TEST_CASE("a driver that counts its queues from one keeps them all", "[discover]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 2, .tells_queues = false});
    std::string table = "   CPU0 CPU1\n";
    for (int queue = 1; const Candidate& one : found(host, discover::nic_interrupts)) {
        table += " " + one.target.name + ":  0  0  PCI-MSI 1-edge      eth0-txrx-" +
                 std::to_string(queue++) + "\n";
    }
    host.with("/proc/interrupts", table);
    const auto interrupts = found(host, discover::nic_interrupts);
    REQUIRE(interrupts.size() == 2);
    CHECK(interrupts[1].fact("queues") == "rx-2,tx-2");
}

TEST_CASE("an interrupt that a driver keeps for a queue it has no more serves none", "[discover]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 3, .tells_queues = false});
    std::string table = "   CPU0 CPU1\n";
    for (int queue = 0; const Candidate& one : found(host, discover::nic_interrupts)) {
        table += " " + one.target.name + ":  0  0  PCI-MSI 1-edge      virtio0-input." +
                 std::to_string(queue++) + "\n";
    }
    host.with("/proc/interrupts", table);
    host.without("/sys/class/net/eth0/queues/?x-1*").without("/sys/class/net/eth0/queues/?x-2*");
    const auto interrupts = found(host, discover::nic_interrupts);
    REQUIRE(interrupts.size() == 3);
    CHECK(interrupts[0].fact("queues") == "rx-0");
    CHECK(interrupts[1].fact("queues").empty());
    CHECK(interrupts[2].fact("queues").empty());
}

TEST_CASE("without message-signalled interrupts, those with the NIC's name are its own",
          "[discover]") {
    FakeHost host = given::host().with_nic("eth1", {.queues = 1, .tells_queues = false});
    host.without("/sys/devices/*/msi_irqs/*");
    host.with("/proc/interrupts",
              "      CPU0\n  7:  0  GICv3  52 Level     eth1\n  8:  0  GICv3  53 Level     eth10\n"
              "  9:  0  GICv3  54 Level     rtc0");
    CHECK(names(found(host, discover::nic_interrupts)) == Names{"7"});
}

TEST_CASE("interrupts of another namespace's device of the same name are not taken for ours",
          "[discover]") {
    const bool tells_queues = GENERATE(false, true);
    FakeHost host = given::host().with_nic("eth0", {.queues = 2, .tells_queues = tells_queues});
    const std::size_t ours = tells_queues ? 2 : 0;
    CHECK(found(host, discover::nic_interrupts).size() >= 2);
    host.with("/sys/class/net/eth0/ifindex", "77");
    CHECK(found(host, discover::nic_interrupts).size() == ours);
}

TEST_CASE("a virtual device has no interrupts", "[discover]") {
    FakeHost host = given::host().with_nic("v0", {.kind = "veth"});
    CHECK(found(host, discover::nic_interrupts).empty());
}

TEST_CASE("CPUs, policies and nodes cover their numbers", "[discover]") {
    FakeHost host = given::host().with_cpus({.sockets = 2, .cores = 2}).with_cpufreq();
    CHECK(names(found(host, discover::online_cpus)) == Names{"0", "1", "2", "3"});
    CHECK(found(host, discover::online_cpus)[3].ids == CpuSet::of(3));
    CHECK(names(found(host, discover::nodes)) == Names{"0", "1"});
    const auto policies = found(host, discover::frequency_policies);
    REQUIRE_FALSE(policies.empty());
    CHECK(policies[0].target.kind == "policy");
    CHECK_FALSE(policies[0].ids.empty());
}

TEST_CASE("a host without cpufreq has no policies, and one without NUMA no nodes", "[discover]") {
    FakeHost host = given::host();
    host.without("/sys/devices/system/cpu/cpufreq*").without("/sys/devices/system/node*");
    CHECK(found(host, discover::frequency_policies).empty());
    CHECK(found(host, discover::nodes).empty());
}

TEST_CASE("interrupts belong to their NIC though they still have the name of another one",
          "[discover]") {
    FakeHost host = given::host()
                        .with_nic("eth0", {.queues = 1, .tells_queues = false})
                        .with_nic("eth1", {.queues = 1, .tells_queues = false});
    const auto interrupts = [&host](std::string_view device) {
        std::vector<std::string> list;
        for (const Candidate& interrupt : found(host, discover::nic_interrupts)) {
            if (interrupt.device == device) {
                list.push_back(interrupt.target.name);
            }
        }
        return list;
    };
    const Names of_eth0 = interrupts("eth0");
    const Names of_eth1 = interrupts("eth1");
    REQUIRE_FALSE(of_eth0.empty());
    swap_nics(host, "eth0", "eth1");
    CHECK(interrupts("eth1") == of_eth0);
    CHECK(interrupts("eth0") == of_eth1);
    rename_nic(host, "eth0", "uplink");
    CHECK(interrupts("uplink") == of_eth1);
}
