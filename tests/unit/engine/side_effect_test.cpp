// What changes beyond what a profile asked for, and comes back all the same.
#include <linux/ethtool_netlink.h>
#include <linux/if_link.h>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

std::size_t place_of(const std::vector<std::string>& writes, std::string_view write) {
    return static_cast<std::size_t>(std::ranges::find(writes, write) - writes.begin());
}

void bind(FakeHost& host, unsigned irq, const std::string& list, const std::string& mask) {
    for (const std::string name : {"smp_affinity", "effective_affinity"}) {
        host.cells[irq_file(irq, name + "_list")] = list;
        host.cells[irq_file(irq, name)] = mask;
    }
}

}  // namespace

TEST_CASE("a VLAN whose device's MTU falls gets its own MTU back", "[engine][side-effect]") {
    Scene scene(
        given::host().with_nic("eth0").with_nic("eth0.100", {.kind = "vlan", .over = "eth0"}));
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply("[nic.eth0]\nmtu = 1400\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text("/sys/class/net/eth0.100/mtu") == "1400");

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("nothing is written that resets a value which cannot be put on record",
          "[engine][side-effect]") {
    Scene scene(given::host().with_nic("eth0", {.queues = 4}));
    auto& [host, before, folder, engine] = scene;
    host.unreadable("/sys/class/net/eth0/queues/rx-3/rps_cpus");
    host.unreadable("/sys/devices/*/net/eth0/queues/rx-3/rps_cpus");
    const Report report = engine.apply("[nic.eth0]\nchannels.combined = 2\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK_FALSE(report.changed);
    CHECK(engine.system().writes().empty());
    CHECK(text_of(report).contains(
        "nic.rps.cpus on eth0/rx-3: nic.channels.combined on eth0 resets it, and its old value "
        "cannot be put on record: "));
    CHECK(engine.status().state == HostState::clean);
}

TEST_CASE("an MTU rises on the lower device first, and falls on the upper first",
          "[engine][side-effect]") {
    Scene scene(
        given::host().with_nic("eth0").with_nic("eth0.100", {.kind = "vlan", .over = "eth0"}));
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply("[nic.\"eth0.100\"]\nmtu = 9000\n[nic.eth0]\nmtu = 9000\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    auto writes = engine.system().writes();
    CHECK(place_of(writes, "link:eth0:number:4=9000") <
          place_of(writes, "link:eth0.100:number:4=9000"));

    CHECK(engine.rollback().exit == Exit::as_wanted);
    writes = engine.system().writes();
    CHECK(place_of(writes, "link:eth0.100:number:4=1500") <
          place_of(writes, "link:eth0:number:4=1500"));
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("a running irqbalance leaves tuned interrupts alone, until rollback",
          "[engine][side-effect]") {
    Scene scene(given::host().with_nic("eth0", {.queues = 2}).with_irqbalance());
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply("[irq.eth0]\ncpus = \"2-3\"\nspread = \"one-to-one\"\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text("socket:/run/irqbalance/irqbalance700.sock") == "80 81");
    CHECK(host.text("/proc/irq/81/smp_affinity_list") == "3");

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("threads get their policy and CPUs, and their old ones back", "[engine][process]") {
    Scene scene(given::host().with_process(
        "feed",
        {.pid = 1234, .unit = "feed.service", .threads = {{1235, "rx-0"}, {1236, "rx-1"}}}));
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply(
        "[process.feed]\nmatch = { unit = \"feed.service\" }\n"
        "threads = [{ name = \"rx-*\", cpus = \"2-3\", spread = \"one-to-one\", "
        "policy = \"fifo\", priority = 80 }]\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text("task:1235:scheduling") == "1 80 0 0");
    CHECK(host.text("task:1235:affinity") == "2");
    CHECK(host.text("task:1236:affinity") == "3");
    CHECK(host.text("task:1234:affinity") == "0-3");

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("an ethtool short name stands for all features that the device has of it",
          "[engine][features]") {
    Scene scene(given::host().with_nic("eth0"));
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply("[nic.eth0]\nfeatures.tso = false\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text("feature:eth0:tx-tcp-segmentation") == "off off");
    CHECK(host.text("feature:eth0:tx-tcp6-segmentation") == "off off");
    CHECK(engine.verify().exit == Exit::as_wanted);
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("interrupts bound to a CPU that goes offline are bound to it again by rollback",
          "[engine][side-effect]") {
    FakeHost host = given::host()
                        .with_cpus({.cores = 2, .threads = 2})
                        .with_cpufreq()
                        .with_nic("eth0", {.queues = 2});
    bind(host, 80, "2", "4");
    bind(host, 81, "3", "8");
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const std::string profile =
        GENERATE(as<std::string>{}, "[cpu]\nsmt = \"off\"\n", "[cpu.\"3\"]\nonline = false\n");
    const Report applied = engine.apply(profile);
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text("/proc/irq/81/smp_affinity_list") != "3");
    CHECK(
        row_at(applied, "irq.affinity", Target::irq(81)).message.contains("rollback restores it"));

    SECTION("as nobody else moved them") {
        const Report report = engine.rollback();
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(difference(before, host) == no_difference);
    }
    SECTION("but what somebody else moved since is left") {
        bind(host, 81, "0", "1");
        const Report report = engine.rollback();
        INFO(text_of(report));
        CHECK(row_at(report, "irq.affinity", Target::irq(81)).outcome == Outcome::overridden);
        CHECK(host.text("/proc/irq/81/smp_affinity_list") == "0");
        CHECK(host.text("/proc/irq/80/smp_affinity_list") == "2");
    }
}

TEST_CASE("what an earlier stage reset without a word comes back to what it was before",
          "[engine][side-effect]") {
    const std::string usecs =
        ethtool_cell("eth0", ETHTOOL_MSG_COALESCE_GET, ETHTOOL_A_COALESCE_RX_USECS);
    const std::string channels =
        ethtool_cell("eth0", ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_A_CHANNELS_COMBINED_COUNT);
    const auto old =
        GENERATE(as<std::string>{}, "50/4", "7/4");  // another value, and the wanted one
    FakeHost host = given::host().with_nic("eth0").reset_on_write(channels, usecs, "3/4");
    host.cells[usecs] = old;
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const Report applied =
        engine.apply("[nic.eth0]\nchannels.combined = 2\ncoalesce.rx_usecs = 7\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(usecs) == "7/4");
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("what went with a queue is looked for once, until queues are made anew again",
          "[engine][side-effect]") {
    const auto channels =
        ethtool_cell("eth0", ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_A_CHANNELS_COMBINED_COUNT);
    FakeHost host = given::host().with_nic("eth0", {.queues = 2});
    std::string also = "txqueuelen = 500\n";
    std::ptrdiff_t looks = 1;
    SECTION("by nothing else") {}
    SECTION("by a later stage") {
        also = "mtu = 1400\n";
        looks = 2;
    }
    SECTION("by what is put right at the end") {
        host.reset_on_write(link_number_cell("eth0", IFLA_TXQLEN), channels, "2/4");
        looks = 2;
    }
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const Report applied = engine.apply("[nic.eth0]\nchannels.combined = 1\n" + also);
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(std::ranges::count(engine.system().misses(),
                             "/sys/class/net/eth0/queues/rx-1/rps_cpus") == looks);
}

TEST_CASE("an interrupt that a driver requests again after a while is bound as before by rollback",
          "[engine][side-effect]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 2}).with_sysctls();
    bind(host, 81, "3", "8");
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    engine.system().before_write([&](unsigned number) {
        if (number == 1) {  // the MTU, with which the driver starts anew
            host.without("/proc/irq/81/*");
        } else if (number == 2) {
            for (const auto& [key, text] : before.cells) {
                if (key.starts_with("/proc/irq/81/")) {
                    host.cells[key] = text;
                }
            }
            bind(host, 81, "0", "1");
        }
    });
    const Report applied =
        engine.apply("[nic.eth0]\nmtu = 1400\n[sysctl]\n\"net.ipv4.tcp_retries2\" = 8\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    REQUIRE(host.text("/proc/irq/81/smp_affinity_list") == "0");

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}
