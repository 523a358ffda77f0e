// CPUs dealt out to the interrupts of a NIC, and what does not fit.
#include "irq/spread_rule.hpp"

#include <algorithm>

#include <nanotune/discover.hpp>

#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

using Derived = std::expected<std::vector<Wish>, std::vector<Error>>;

const irq::SpreadRule rule{{.stage = Stage::interrupts, .discovery = discover::nics}};

Setting setting(std::string_view name, Value value, std::uint32_t line) {
    const auto keys = rule.parameters();
    const auto key = std::ranges::find(keys, name, &Tunable::name);
    REQUIRE(key != keys.end());
    return {.parameter = &*key,
            .value = std::move(value),
            .rows = {},
            .origin = {.file = "p.toml", .line = line, .column = 1}};
}

Derived derived(FakeHost host, const std::string& cpus, const std::string& spread,
                const std::vector<Planned>& planned = {}) {
    FakeSystem system(host);
    Settings settings;
    if (!cpus.empty()) {
        settings.entries.push_back(setting("cpus", CpuSet::from_list(cpus).value(), 3));
    }
    if (!spread.empty()) {
        settings.entries.push_back(setting("spread", spread, 4));
    }
    const Topology topology = observed_topology(system.files()).value();
    const std::function<std::vector<Candidate>(std::string_view)> none = [](std::string_view) {
        return std::vector<Candidate>{};
    };
    return rule.derive(system, {.candidate = discover::nics(system).value().at(0),
                                .settings = settings,
                                .topology = topology,
                                .selected = none,
                                .planned = planned});
}

std::vector<std::string> sets(const Derived& wishes) {
    REQUIRE(wishes);
    std::vector<std::string> lists;
    for (const Wish& wish : *wishes) {
        if (wish.setting == "affinity") {
            lists.push_back(std::get<CpuSet>(wish.value).list());
        }
    }
    return lists;
}

std::string misfit(const Derived& wishes) {
    REQUIRE_FALSE(wishes);
    REQUIRE(wishes.error().size() == 1);
    return wishes.error()[0].message;
}

FakeHost host_with_queues(unsigned queues, int node = 0) {
    return given::host().with_nic("eth0", {.queues = queues, .numa_node = node});
}

using Lists = std::vector<std::string>;

}  // namespace

TEST_CASE("all-on-set, which holds where nothing is said, gives every interrupt the set", "[irq]") {
    CHECK(sets(derived(host_with_queues(3), "2-3", "")) == Lists{"2-3", "2-3", "2-3"});
    CHECK(sets(derived(host_with_queues(3), "2-3", "all-on-set")) == Lists{"2-3", "2-3", "2-3"});
}

TEST_CASE("one-to-one gives each queue a CPU in order", "[irq]") {
    CHECK(sets(derived(host_with_queues(3), "1-3", "one-to-one")) == Lists{"1", "2", "3"});
    CHECK(sets(derived(host_with_queues(2), "0-3", "one-to-one")) == Lists{"0", "1"});
}

TEST_CASE("receive and send interrupts of one queue share its CPU, others take the set", "[irq]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 4, .tells_queues = false});
    std::vector<std::string> numbers;
    {
        FakeSystem system(host);
        const auto interrupts = discover::nic_interrupts(system).value();
        for (const Candidate& interrupt : interrupts) {
            numbers.push_back(interrupt.target.name);
        }
    }
    REQUIRE(numbers.size() == 4);
    const std::vector<std::string> actions = {"virtio2-config", "virtio2-input.0",
                                              "virtio2-output.0", "virtio2-input.1"};
    std::string table = "    CPU0";
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        table += "\n " + numbers[i] + ":  0  PCI-MSIX  1-edge      " + actions[i];
    }
    host.with("/proc/interrupts", table);
    CHECK(sets(derived(host, "2-3", "one-to-one")) == Lists{"2", "2", "3", "2-3"});
}

TEST_CASE("fewer CPUs than queues is a misfit that names both lines", "[irq]") {
    CHECK(misfit(derived(host_with_queues(4), "2-3", "one-to-one")) ==
          "p.toml:4:1: one-to-one needs a CPU for each of the 4 queues of eth0; cpus "
          "(p.toml:3:1) has 2: 2-3");
}

TEST_CASE("channels that are still to come count, with those that stay", "[irq]") {
    const auto channels = [](const char* name, std::int64_t count) {
        return Planned{.setting = std::string("nic.channels.") + name,
                       .target = Target::nic("eth0"),
                       .value = count,
                       .origin = {.file = "p.toml", .line = 9, .column = 1}};
    };
    const auto wishes =
        derived(host_with_queues(2), "1-3", "one-to-one", {channels("combined", 4)});
    CHECK(misfit(wishes) ==
          "p.toml:4:1: one-to-one needs a CPU for each of the 4 queues that p.toml:9:1 gives eth0; "
          "cpus (p.toml:3:1) has 3: 1-3");
    CHECK(wishes.error()[0].code == ErrorCode::conflict);
    CHECK_FALSE(derived(host_with_queues(2), "1-3", "one-to-one", {channels("rx", 2)}));
    CHECK(derived(host_with_queues(2), "1-3", "one-to-one", {channels("rx", 1)}));
    CHECK(derived(host_with_queues(2), "1-3", "all-on-set", {channels("combined", 4)}));
}

TEST_CASE("a misfit of queues names the lines that give as many", "[irq]") {
    const auto channels = [](const char* name, std::int64_t count, std::uint32_t line) {
        return Planned{.setting = std::string("nic.channels.") + name,
                       .target = Target::nic("eth0"),
                       .value = count,
                       .origin = {.file = "p.toml", .line = line, .column = 1}};
    };
    const auto planned = {channels("combined", 0, 7), channels("rx", 2, 8), channels("tx", 4, 9)};
    CHECK_THAT(misfit(derived(host_with_queues(2), "1-3", "one-to-one", planned)),
               nanotune::test::Contains("the 4 queues that p.toml:9:1 gives eth0"));
    const auto both = {channels("combined", 3, 7), channels("rx", 2, 8)};
    CHECK_THAT(misfit(derived(host_with_queues(2), "1-3", "one-to-one", both)),
               nanotune::test::Contains("the 5 queues that p.toml:7:1 and p.toml:8:1 give eth0"));
}

TEST_CASE("per-node keeps to the CPUs on the NIC's node", "[irq]") {
    FakeHost host = given::host().with_cpus({.sockets = 2, .cores = 2});
    host.with_nic("eth0", {.queues = 2, .numa_node = 1});
    CHECK(sets(derived(host, "1-3", "per-node")) == Lists{"2-3", "2-3"});
    CHECK(misfit(derived(host, "0-1", "per-node")) ==
          "p.toml:4:1: per-node: eth0 is on node 1, and none of cpus (p.toml:3:1) is: 0-1");
}

TEST_CASE("per-node cannot be done where the kernel does not know the NIC's node", "[irq]") {
    FakeHost host = given::host().with_cpus({.sockets = 2, .cores = 2});
    host.with_nic("eth0", {.queues = 2, .numa_node = -1});
    const auto wishes = derived(host, "1-3", "per-node");
    CHECK(misfit(wishes) == "p.toml:4:1: per-node: the kernel does not know the node of eth0");
    CHECK(wishes.error()[0].code == ErrorCode::unsupported);
    CHECK(sets(derived(host_with_queues(1, -1), "1-3", "per-node")) == Lists{"1-3"});
}

TEST_CASE("CPUs that would not be online, and no CPUs at all, are misfits", "[irq]") {
    CHECK(misfit(derived(host_with_queues(1), "2-9", "")) ==
          "p.toml:3:1: cpus: 4-9 would not be online");
    CHECK(misfit(derived(host_with_queues(1), "", "one-to-one")) ==
          "p.toml:4:1: spread has no cpus to deal out");
}

TEST_CASE("a device without interrupts of its own is unsupported", "[irq]") {
    const auto wishes = derived(given::host().with_nic("v0", {.kind = "veth"}), "1", "");
    CHECK(misfit(wishes) == "p.toml:3:1: v0 has no interrupts of its own");
    CHECK(wishes.error()[0].code == ErrorCode::unsupported);
}

TEST_CASE("a running irqbalance is told first", "[irq]") {
    const auto wishes = derived(host_with_queues(2).with_irqbalance(), "1", "");
    REQUIRE(wishes);
    REQUIRE(wishes->size() == 4);
    CHECK((*wishes)[0].setting == "balanced");
    CHECK((*wishes)[0].value == Value(false));
    CHECK((*wishes)[1].setting == "balanced");
    CHECK((*wishes)[2].setting == "affinity");
}
