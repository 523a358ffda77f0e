// Back to what was on request, as far as nobody else has been there.
#include <linux/ethtool_netlink.h>

#include "support/catch.hpp"
#include "support/device_moves.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string rps = "/sys/class/net/eth0/queues/rx-0/rps_cpus";

}  // namespace

TEST_CASE("rollback undoes the last apply only, rollback of all goes to the baseline",
          "[engine][rollback]") {
    FakeHost host = given::plain_host();
    const FakeHost baseline = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    const FakeHost first = host;
    REQUIRE(engine.apply("[memory]\nswappiness = 5\ndirty_ratio = 5\n").exit == Exit::as_wanted);

    const Report one = engine.rollback();
    INFO(text_of(one));
    CHECK(one.exit == Exit::as_wanted);
    CHECK(one.changed);
    CHECK(one.state == HostState::tuned);
    CHECK(difference(first, host).empty());

    REQUIRE(engine.apply("[memory]\nswappiness = 5\n").exit == Exit::as_wanted);
    const Report all = engine.rollback_all();
    INFO(text_of(all));
    CHECK(all.exit == Exit::as_wanted);
    CHECK(all.state == HostState::clean);
    CHECK(difference(baseline, host).empty());
}

TEST_CASE_METHOD(PlainScene, "rolling back when nothing is applied changes nothing",
                 "[engine][rollback]") {
    const Report report = engine.rollback();
    CHECK(report.exit == Exit::as_wanted);
    CHECK_FALSE(report.changed);
    CHECK(engine.system().writes().empty());
}

TEST_CASE_METHOD(PlainScene, "a value that somebody else changed is left, unless forced",
                 "[engine][rollback]") {
    REQUIRE(engine.apply("[memory]\nswappiness = 10\ndirty_ratio = 5\n").exit == Exit::as_wanted);
    host.cells[swappiness] = "33";

    SECTION("left") {
        const Report report = engine.rollback();
        INFO(text_of(report));
        CHECK(row_at(report, "memory.swappiness", Target::host()).outcome == Outcome::overridden);
        CHECK(host.text(swappiness) == "33");
        CHECK(host.text("/proc/sys/vm/dirty_ratio") == "20");
    }
    SECTION("forced") {
        RollbackRequest request = rollback_request();
        request.force = true;
        const Report report = engine.rollback(request);
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(host.text(swappiness) == "60");
    }
}

TEST_CASE_METHOD(PlainScene, "a value that another file rules by now is kept, and is not gone",
                 "[engine][rollback]") {
    REQUIRE(engine.apply("[memory]\ndirty_ratio = 5\n").exit == Exit::as_wanted);
    host.with("/proc/sys/vm/dirty_bytes", "1048576").with("/proc/sys/vm/dirty_ratio", "0");
    const Report report = engine.rollback();
    INFO(text_of(report));
    const Row row = row_at(report, "memory.dirty_ratio", Target::host());
    CHECK(row.outcome == Outcome::overridden);
    CHECK(row.message.contains("dirty_bytes is 1048576 and rules instead"));
    CHECK(row.message.contains("before nanotune it was 20"));
    REQUIRE(engine.status().left.size() == 1);

    host.with("/proc/sys/vm/dirty_bytes", "0").with("/proc/sys/vm/dirty_ratio", "5");
    RollbackRequest forced = rollback_request();
    forced.force = true;
    CHECK(engine.rollback(forced).exit == Exit::as_wanted);
    CHECK(host.text("/proc/sys/vm/dirty_ratio") == "20");
    CHECK(engine.status().left.empty());
}

TEST_CASE("steering that channels reset is back after rollback, though nobody wrote it",
          "[engine][rollback]") {
    FakeHost host = given::host().with_nic("eth0").with_nic("veth0", {.queues = 2, .kind = "veth"});
    host.cells[rps] = "3";
    host.cells["/sys/class/net/eth0/queues/tx-1/xps_cpus"] = "c";
    host.cells["/sys/class/net/veth0/queues/rx-1/rps_cpus"] = "1";
    host.cells["/proc/irq/83/smp_affinity_list"] = "1";
    host.cells["/proc/irq/83/smp_affinity"] = "2";
    host.cells["/proc/irq/83/effective_affinity_list"] = "1";
    host.cells["/proc/irq/83/effective_affinity"] = "2";
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine
                .apply("[nic.eth0]\nchannels.combined = 2\n"
                       "[nic.veth0]\nchannels.rx = 1\nchannels.tx = 1\n")
                .exit == Exit::as_wanted);
    REQUIRE_FALSE(host == before);

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host).empty());
}

TEST_CASE("CPUs that SMT took away come back with their settings", "[engine][rollback]") {
    FakeHost host = given::host().with_cpus({.cores = 2, .threads = 2}).with_cpufreq();
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const Report applied = engine.apply("[cpu]\nsmt = \"off\"\ngovernor = \"performance\"\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text("/sys/devices/system/cpu/online") == "0-1");

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host).empty());
}

TEST_CASE("a target that has vanished is gone, and the rest is restored", "[engine][rollback]") {
    FakeHost host = given::plain_host().with_nic("eth0");
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n[nic.eth0]\nmtu = 1400\n").exit ==
            Exit::as_wanted);
    remove_nic(host, "eth0");

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(row_at(report, "nic.mtu", Target::nic("eth0")).outcome == Outcome::gone);
    CHECK(host.text(swappiness) == "60");
}

TEST_CASE("for a queue that its driver gave up nothing else is restored once more",
          "[engine][rollback]") {
    const std::string ring = ethtool_cell("eth0", ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX);
    FakeHost host = given::plain_host().with_nic("eth0").with(ring, "500/4");
    const ScratchFolder folder(in_memory());
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply("[nic.eth0]\nring.rx = 1024\nrps.cpus = \"1\"\n").exit == Exit::as_wanted);
    const bool has_lost_one = GENERATE(false, true);
    if (has_lost_one) {
        host.without("*/queues/rx-3/*");
    }
    host.round_down(ring, 64);
    unsigned writes = 0;
    host.on_write(ring, [&writes](Edit& /*edit*/, const Write& /*write*/) { ++writes; });
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(row_at(report, "nic.rps.cpus", {"rx_queue", "eth0/rx-3"}).outcome ==
          (has_lost_one ? Outcome::gone : Outcome::changed));
    CHECK(writes == 2);  // and once after all was restored
}

TEST_CASE("the values of a NIC that is away are kept until it is back", "[engine][rollback]") {
    FakeHost host = given::plain_host().with_nic("eth0");
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const auto before = host.cells;
    REQUIRE(engine.apply("[nic.eth0]\nmtu = 1400\n").exit == Exit::as_wanted);
    const auto there = host.cells;
    std::erase_if(host.cells, [](const auto& cell) { return cell.first.contains("eth0"); });

    const Report away = engine.rollback();
    INFO(text_of(away));
    CHECK(row_at(away, "nic.mtu", Target::nic("eth0")).message ==
          "its device is away; its old value is kept for when it is back");
    CHECK_FALSE(engine.engine().status().left.empty());

    host.cells = there;
    const Report back = engine.rollback();
    INFO(text_of(back));
    CHECK(row_at(back, "nic.mtu", Target::nic("eth0")).outcome == Outcome::changed);
    CHECK(host.cells == before);
    CHECK(engine.engine().status().left.empty());
}

TEST_CASE("what cannot be restored is named, with what the host holds now", "[engine][rollback]") {
    FakeHost host = given::plain_host()
                        .refuse("/proc/sys/vm/dirty_ratio", {.error = EINVAL})
                        .refuse(swappiness, {.error = EPERM, .when = "60"});
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report = engine.apply("[memory]\nswappiness = 10\ndirty_ratio = 5\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::not_restored);
    CHECK(report.changed);
    const Row row = row_at(report, "memory.swappiness", Target::host());
    CHECK(row.outcome == Outcome::refused);
    CHECK(row.got == "10");
    CHECK(host.text(swappiness) == "10");
    CHECK(engine.status().state != HostState::clean);
}

TEST_CASE_METHOD(PlainScene, "a rollback plan says what rollback would do, and writes nothing",
                 "[engine][rollback]") {
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    const FakeHost tuned = host;

    const Report report = engine.engine().rollback_plan(rollback_request());
    INFO(text_of(report));
    const Row row = row_at(report, "memory.swappiness", Target::host());
    CHECK(row.before == "10");
    CHECK(row.wanted == "60");
    CHECK(row.outcome == Outcome::not_done);
    CHECK(difference(tuned, host).empty());
}

TEST_CASE_METHOD(PlainScene,
                 "what a rollback left as somebody else set it can still be forced later",
                 "[engine][rollback]") {
    REQUIRE(engine.apply("[memory]\nswappiness = 10\ndirty_ratio = 5\n").exit == Exit::as_wanted);
    host.cells[swappiness] = "33";
    const Report left = engine.rollback();
    INFO(text_of(left));
    CHECK(left.exit == Exit::as_wanted);
    CHECK(text_of(left).contains("1 setting is left"));
    const HostStatus status = engine.status();
    CHECK(status.state == HostState::clean);
    CHECK(status.applies == 0);
    REQUIRE(status.left.size() == 1);
    CHECK(status.left[0].setting == "memory.swappiness");
    CHECK(status.left[0].before == "60");

    SECTION("again without force it is left again") {
        const Report again = engine.rollback();
        INFO(text_of(again));
        CHECK(host.text(swappiness) == "33");
        CHECK(engine.status().left.size() == 1);
    }
    SECTION("forced it is restored, and nothing is remembered") {
        RollbackRequest request = rollback_request();
        request.force = true;
        const Report forced = engine.rollback(request);
        INFO(text_of(forced));
        CHECK(forced.exit == Exit::as_wanted);
        CHECK(difference(before, host) == no_difference);
        CHECK(engine.status().left.empty());
    }
    SECTION("put back by hand, nothing is left of it") {
        host.cells[swappiness] = "60";
        CHECK(engine.rollback().exit == Exit::as_wanted);
        CHECK(engine.status().left.empty());
    }
}

TEST_CASE("a rollback plan says that steering returns with its queue", "[engine][rollback]") {
    FakeHost host = given::host().with_nic("veth0", {.queues = 2, .kind = "veth"});
    host.cells["/sys/class/net/veth0/queues/rx-1/rps_cpus"] = "1";
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply("[nic.veth0]\nchannels.rx = 1\nchannels.tx = 1\n").exit ==
            Exit::as_wanted);
    const Report report = engine.engine().rollback_plan(rollback_request());
    INFO(text_of(report));
    const Row row = row_at(report, "nic.rps.cpus", {"rx_queue", "veth0/rx-1"});
    CHECK(row.outcome == Outcome::pending);
    CHECK(row.message ==
          "gone for now; put back where restoring nic.channels.rx on veth0 brings it back");
    CHECK(report.problems.empty());
    CHECK_FALSE(text_of(report).contains("ENOENT"));
}
