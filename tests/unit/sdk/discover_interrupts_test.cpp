// Which interrupts are a network device's, and which of its queues each serves.
#include "discovered.hpp"
#include "support/device_moves.hpp"

using namespace nanotune;
using namespace nanotune::test;

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
