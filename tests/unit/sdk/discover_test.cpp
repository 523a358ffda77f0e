// What exists, and what a profile can know it by.
#include "discovered.hpp"

using namespace nanotune;
using namespace nanotune::test;

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
