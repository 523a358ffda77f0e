// What must share a memory node, and where it is.

#include <nanotune/discover.hpp>

#include "numa/colocate_rule.hpp"
#include "numa/colocation_bank.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

using Derived = std::expected<std::vector<Wish>, std::vector<Error>>;

constexpr BankPlace place{.stage = Stage::processes, .discovery = discover::host};
const numa::ColocateRule rule{place};
const numa::ColocationBank bank{place};

/// CPUs 0-1 on node 0, 2-3 on node 1; eth1 with one queue on node 1.
FakeHost two_nodes() {
    FakeHost host = given::host().with_cpus({.sockets = 2, .cores = 2});
    return host.with_nic("eth1", {.queues = 1, .numa_node = 1, .altnames = "feed"});
}

Derived derived(FakeHost host, const std::string& nics, std::vector<Candidate> processes = {}) {
    FakeSystem system(host);
    const Settings settings{.entries = {{.parameter = rule.parameters().data(),
                                         .value = nics,
                                         .rows = {},
                                         .origin = {.file = "p.toml", .line = 2, .column = 1}}}};
    const Topology topology = observed_topology(system.files()).value();
    const std::function<std::vector<Candidate>(std::string_view)> selected =
        [&](std::string_view plugin) {
            return plugin == "process" ? processes : std::vector<Candidate>{};
        };
    return rule.derive(system, {.candidate = discover::host(system).value().at(0),
                                .settings = settings,
                                .topology = topology,
                                .selected = selected});
}

Result<Reading> reading(FakeHost& host, const Target& target) {
    FakeSystem system(host);
    return bank.read(system, target, bank.tunables()).at(0);
}

std::string nodes(FakeHost& host, const Target& target) {
    const auto read = reading(host, target);
    REQUIRE(read);
    return std::get<CpuSet>(read->value).list();
}

Target only_interrupt(FakeHost& host) {
    FakeSystem system(host);
    return discover::nic_interrupts(system).value().at(0).target;
}

}  // namespace

TEST_CASE("a NIC, its interrupts and the profile's processes belong on the NIC's node", "[numa]") {
    const Target process{"process", "300:1000"};
    const auto wishes = derived(two_nodes(), "eth1", {{.target = process}});
    REQUIRE(wishes);
    REQUIRE(wishes->size() == 3);
    CHECK((*wishes)[0].target == Target::nic("eth1"));
    CHECK((*wishes)[1].target.kind == "irq");
    CHECK((*wishes)[2].target == process);
    for (const Wish& wish : *wishes) {
        CHECK(wish.setting == "nodes");
        CHECK(wish.value == Value(CpuSet::of(1)));
    }
}

TEST_CASE("the node of the first NIC is the one for all", "[numa]") {
    FakeHost host = two_nodes().with_nic("eth0", {.queues = 1, .numa_node = 0});
    const auto wishes = derived(host, "eth1, eth0");
    REQUIRE(wishes);
    REQUIRE(wishes->size() == 4);
    CHECK((*wishes)[2].target == Target::nic("eth0"));
    CHECK((*wishes)[2].value == Value(CpuSet::of(1)));
    CHECK(nodes(host, Target::nic("eth0")) == "0");
}

TEST_CASE("a NIC may be named by another of its names", "[numa]") {
    CHECK(derived(two_nodes(), "feed").has_value());
}

TEST_CASE("a NIC that is not there is named with those that are", "[numa]") {
    const auto wishes = derived(two_nodes(), "eth7");
    REQUIRE_FALSE(wishes);
    CHECK(wishes.error().at(0).message ==
          "p.toml:2:1: colocate: there is no NIC eth7; there are: eth1");
}

TEST_CASE("on a host with one node only the NICs are listed", "[numa]") {
    const auto wishes = derived(given::host().with_nic("eth0", {.numa_node = -1}), "eth0",
                                {{.target = {"process", "300:1000"}}});
    REQUIRE(wishes);
    REQUIRE(wishes->size() == 1);
    CHECK((*wishes)[0].value == Value(CpuSet::of(0)));
}

TEST_CASE("a NIC whose node the kernel does not know cannot be compared", "[numa]") {
    FakeHost host = given::host().with_cpus({.sockets = 2}).with_nic("eth0", {.numa_node = -1});
    const auto wishes = derived(host, "eth0");
    REQUIRE_FALSE(wishes);
    CHECK(wishes.error().at(0).code == ErrorCode::unsupported);
}

TEST_CASE("an interrupt is on the nodes of the CPUs that may serve it", "[numa]") {
    FakeHost host = two_nodes();
    const Target interrupt = only_interrupt(host);
    host.with("/proc/irq/" + interrupt.name + "/smp_affinity_list", "2-3");
    CHECK(nodes(host, interrupt) == "1");
    host.with("/proc/irq/" + interrupt.name + "/smp_affinity_list", "1-2");
    CHECK(nodes(host, interrupt) == "0-1");
}

TEST_CASE("a process is on the nodes of the CPUs that any of its threads may use", "[numa]") {
    FakeHost host =
        two_nodes().with_process("feed", {.pid = 300, .threads = {{.id = 301, .name = "rx-0"}}});
    const Target process{"process", "300:1000"};
    const auto allow = [&](const char* thread, const char* cpus) {
        host.with(std::string("/proc/300/task/") + thread + "/status",
                  std::string("Name:\tfeed\nCpus_allowed_list:\t") + cpus + "\nMems_allowed:\t1");
    };
    allow("300", "2-3");
    allow("301", "3");
    CHECK(nodes(host, process) == "1");
    allow("301", "0");
    CHECK(nodes(host, process) == "0-1");
}

TEST_CASE("another process with the same number is not the one", "[numa]") {
    FakeHost host = two_nodes().with_process("feed", {.pid = 300, .start = 2000});
    const auto read = reading(host, {"process", "300:1000"});
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::not_found);
}

TEST_CASE("where something is can be compared, not written", "[numa]") {
    FakeHost host = two_nodes();
    FakeSystem system(host);
    CHECK(bank.tunables().at(0)->check_only);
    const Assignment assignments[] = {{bank.tunables().at(0), Value(CpuSet::of(0))}};
    CHECK_FALSE(bank.write(system, Target::nic("eth1"), assignments).at(0));
    CHECK(system.writes().empty());
}
