// What changes beyond what a profile asked for, and comes back all the same.
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

}  // namespace

TEST_CASE("a VLAN whose device's MTU falls gets its own MTU back", "[engine][side-effect]") {
    FakeHost host =
        given::host().with_nic("eth0").with_nic("eth0.100", {.kind = "vlan", .over = "eth0"});
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const Report applied = engine.apply("[nic.eth0]\nmtu = 1400\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text("/sys/class/net/eth0.100/mtu") == "1400");

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == "");
}

TEST_CASE("a planned rollback calls nothing gone that comes back with its queue",
          "[engine][side-effect]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 4});
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply("[nic.eth0]\nchannels.combined = 2\n").exit == Exit::as_wanted);

    const Report planned = engine.engine().rollback_plan({});
    INFO(text_of(planned));
    CHECK(std::ranges::none_of(planned.rows,
                               [](const Row& row) { return row.outcome == Outcome::gone; }));
    CHECK(row_at(planned, "nic.channels.combined", Target::nic("eth0")).outcome ==
          Outcome::not_done);
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == "");
}

TEST_CASE("an MTU rises on the lower device first, and falls on the upper first",
          "[engine][side-effect]") {
    FakeHost host =
        given::host().with_nic("eth0").with_nic("eth0.100", {.kind = "vlan", .over = "eth0"});
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
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
    CHECK(difference(before, host) == "");
}

TEST_CASE("steering of one profile and channels of the next are both returned",
          "[engine][side-effect]") {
    FakeHost host = given::host().with_nic("eth0");
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply("[nic.eth0]\nrps.cpus = \"1\"\n[irq.eth0]\ncpus = \"2\"\n").exit ==
            Exit::as_wanted);
    const FakeHost steered = host;
    const Report second = engine.apply("[nic.eth0]\nchannels.combined = 2\n");
    INFO(text_of(second));
    REQUIRE(second.exit == Exit::as_wanted);
    CHECK(host.text("/sys/class/net/eth0/queues/rx-0/rps_cpus") == "0");

    const Report one = engine.rollback();
    INFO(text_of(one));
    CHECK(one.exit == Exit::as_wanted);
    CHECK(difference(steered, host) == "");
    CHECK(engine.verify().exit == Exit::as_wanted);
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == "");
}

TEST_CASE("a running irqbalance leaves tuned interrupts alone, until rollback",
          "[engine][side-effect]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 2}).with_irqbalance();
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const Report applied = engine.apply("[irq.eth0]\ncpus = \"2-3\"\nspread = \"one-to-one\"\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text("socket:/run/irqbalance/irqbalance700.sock") == "80 81");
    CHECK(host.text("/proc/irq/81/smp_affinity_list") == "3");

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == "");
}

TEST_CASE("threads get their policy and CPUs, and their old ones back", "[engine][process]") {
    FakeHost host = given::host().with_process(
        "feed", {.pid = 1234, .unit = "feed.service", .threads = {{1235, "rx-0"}, {1236, "rx-1"}}});
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
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
    CHECK(difference(before, host) == "");
}

TEST_CASE("an ethtool short name stands for all features that the device has of it",
          "[engine][features]") {
    FakeHost host = given::host().with_nic("eth0");
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const Report applied = engine.apply("[nic.eth0]\nfeatures.tso = false\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text("feature:eth0:tx-tcp-segmentation") == "off off");
    CHECK(host.text("feature:eth0:tx-tcp6-segmentation") == "off off");
    CHECK(engine.verify().exit == Exit::as_wanted);
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == "");
}

TEST_CASE("channels that disappear while their steering is wanted are a misfit, not a crash",
          "[engine][side-effect]") {
    FakeHost host = given::host().with_nic("eth0");
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply("[nic.eth0]\nchannels.combined = 2\nrps.cpus = \"1\"\n").exit ==
            Exit::as_wanted);
    const FakeHost two = host;
    const Report more = engine.apply("[nic.eth0]\nchannels.combined = 4\nrps.cpus = \"3\"\n");
    INFO(text_of(more));
    REQUIRE(more.exit == Exit::as_wanted);
    CHECK(host.text("/sys/class/net/eth0/queues/rx-3/rps_cpus") == "8");

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(two, host) == "");
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == "");
}
