// Back to what was: after a failure, on request, and as far as nobody else has been there.
#include "support/catch.hpp"
#include "support/device_moves.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string governor = "/sys/devices/system/cpu/cpufreq/policy3/scaling_governor";
const std::string rps = "/sys/class/net/eth0/queues/rx-0/rps_cpus";

}  // namespace

TEST_CASE("when one change does not stick, its neighbours are restored", "[engine][rollback]") {
    FakeHost host = given::host().with_cpufreq({.governor = "powersave"});
    host.ignore_writes_to("scaling_governor");
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report =
        engine.apply("[cpu.\"3\"]\ngovernor = \"performance\"\nmin_frequency = \"2GHz\"\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(row_at(report, "cpu.governor", {"policy", "3"}).outcome == Outcome::refused);
    CHECK_FALSE(report.changed);
    CHECK(report.state == HostState::clean);
    CHECK(difference(before, host).empty());
}

TEST_CASE("a refusal is told in the kernel's words, with what the host holds now",
          "[engine][rollback]") {
    FakeHost host = given::host().with_nic("eth0").refuse(
        "ethtool:eth0:15:6", {.error = EINVAL, .words = "no memory for a ring of that size"});
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report = engine.apply("[nic.eth0]\nmtu = 1400\nring.rx = 4096\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    const Row row = row_at(report, "nic.ring.rx", Target::nic("eth0"));
    CHECK(row.outcome == Outcome::refused);
    CHECK(row.origin.line == 3);
    CHECK(row.message.contains("no memory for a ring of that size (EINVAL)"));
    CHECK(row.message.contains("still 512"));
    CHECK(difference(before, host).empty());
}

TEST_CASE("a value that the kernel does not find is refused, its setting is not gone",
          "[engine][rollback]") {
    const std::string control = "/proc/sys/net/ipv4/tcp_congestion_control";
    FakeHost host = given::host().with(control, "cubic").refuse(control, {.error = ENOENT});
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const Report report = engine.apply("[sysctl]\n\"net.ipv4.tcp_congestion_control\" = \"bbr\"\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(row_at(report, "sysctl.net.ipv4.tcp_congestion_control", Target::host()).outcome ==
          Outcome::refused);
}

TEST_CASE_METHOD(PlainScene, "a failed apply leaves the profile before it in force",
                 "[engine][rollback]") {
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    const FakeHost tuned = host;
    host.refuse("/proc/sys/vm/dirty_ratio", {.error = EINVAL});

    const Report report = engine.apply("[memory]\nstat_interval = 10\ndirty_ratio = 5\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(report.state == HostState::tuned);
    CHECK(difference(tuned, host).empty());
    CHECK(engine.verify().exit == Exit::as_wanted);
}

TEST_CASE("with on_failure keep, a failure leaves what was reached, degraded",
          "[engine][rollback]") {
    FakeHost host = given::plain_host().refuse("/proc/sys/vm/dirty_ratio", {.error = EINVAL});
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report = engine.apply(
        "[profile]\non_failure = \"keep\"\n[memory]\nswappiness = 10\ndirty_ratio = 5\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::differs);
    CHECK(report.state == HostState::degraded);
    CHECK(host.text(swappiness) == "10");
    CHECK(host.text("/proc/sys/vm/dirty_ratio") == "20");
}

TEST_CASE("with on_failure keep, a stage that fails keeps no later one from being reached",
          "[engine][rollback]") {
    FakeHost host = given::plain_host().with_nic("eth0");
    host.refuse(link_number_cell("eth0", 13), {.error = EINVAL});
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report = engine.apply(
        "[profile]\non_failure = \"keep\"\n[nic.eth0]\ntxqueuelen = 500\n"
        "[memory]\nswappiness = 10\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::differs);
    CHECK(report.state == HostState::degraded);
    CHECK(row_at(report, "nic.txqueuelen", Target::nic("eth0")).outcome == Outcome::refused);
    CHECK(row_at(report, "memory.swappiness", Target::host()).outcome == Outcome::changed);
    CHECK(host.text(swappiness) == "10");
}

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

TEST_CASE("a forced rollback of all that was cut off can be repeated", "[engine][rollback]") {
    FakeHost host = given::plain_host();
    const ScratchFolder folder;
    {
        EngineOn engine(host, folder.path());
        REQUIRE(engine.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    }
    {
        const StateFolder state(folder.path(), {.boot = "test-boot", .network = 1});
        std::vector<std::string> notes;
        auto journal = state.open(notes, Opening::undo);
        REQUIRE(journal);
        REQUIRE(journal->append(record::Begin{.id = journal->ledger().last_id() + 1,
                                              .kind = "rollback",
                                              .undoes = 0,
                                              .profile = "given"}));
        REQUIRE(journal->sync());
    }
    host.cells[swappiness] = "33";  // by somebody else
    EngineOn engine(host, folder.path());
    const Report all = engine.rollback({.all = true, .force = true, .consent = {}});
    INFO(text_of(all));
    CHECK(all.exit == Exit::as_wanted);
    CHECK(host.text(swappiness) == "60");
}

TEST_CASE_METHOD(PlainScene, "forcing what the last rollback left undoes no other apply",
                 "[engine][rollback]") {
    REQUIRE(engine.apply("[memory]\ndirty_ratio = 5\n").exit == Exit::as_wanted);
    REQUIRE(engine.apply("[memory]\ndirty_ratio = 5\nswappiness = 10\n").exit == Exit::as_wanted);
    host.cells[swappiness] = "33";
    REQUIRE(engine.rollback().exit == Exit::as_wanted);
    CHECK(engine.status().state == HostState::tuned);
    RollbackRequest request = rollback_request();
    request.force = true;
    const Report forced = engine.rollback(request);
    INFO(text_of(forced));
    CHECK(host.text(swappiness) == "60");
    CHECK(host.text("/proc/sys/vm/dirty_ratio") == "5");
    CHECK(engine.status().applies == 1);
}

TEST_CASE_METHOD(PlainScene, "an apply over what a rollback left keeps the baseline",
                 "[engine][rollback]") {
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    host.cells[swappiness] = "33";
    REQUIRE(engine.rollback().exit == Exit::as_wanted);
    const Report other = engine.apply("[memory]\ndirty_ratio = 5\n");
    INFO(text_of(other));
    CHECK(other.exit == Exit::as_wanted);
    CHECK(row_at(other, "memory.swappiness", Target::host()).outcome == Outcome::overridden);
    CHECK(host.text(swappiness) == "33");
    REQUIRE(engine.apply("[memory]\nswappiness = 20\n").exit == Exit::as_wanted);

    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(host.text(swappiness) == "33");
    REQUIRE(engine.apply("[memory]\nswappiness = 20\n").exit == Exit::as_wanted);
    const Report all = engine.rollback_all();
    INFO(text_of(all));
    CHECK(all.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
    CHECK(engine.status().left.empty());
}

TEST_CASE("after a rollback that failed half-way the host is degraded, not tuned",
          "[engine][rollback]") {
    FakeHost host = given::plain_host().refuse(swappiness, {.error = EPERM, .when = "60"});
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply("[memory]\nswappiness = 10\ndirty_ratio = 5\n").exit == Exit::as_wanted);
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::not_restored);
    CHECK(report.state == HostState::degraded);
    CHECK(engine.status().state == HostState::degraded);
    host.behaviours.checks.pop_back();
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(engine.status().state == HostState::clean);
    CHECK(host.text(swappiness) == "60");
}

TEST_CASE_METHOD(PlainScene, "a rollback of what was cut off shows its rows",
                 "[engine][rollback]") {
    ApplyRequest request = apply_request();
    request.confirm_within = std::chrono::seconds(1);
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n", request).exit == Exit::as_wanted);
    engine.pass(std::chrono::seconds(5));
    SECTION("by rollback") {
        const Report report = engine.rollback();
        INFO(text_of(report));
        const Row row = row_at(report, "memory.swappiness", Target::host());
        CHECK(row.outcome == Outcome::changed);
        CHECK(row.before == "10");
        CHECK(row.got == "60");
        CHECK(report.profile == "test");
    }
    SECTION("by the next apply, in a note") {
        const Report report = engine.apply("[memory]\ndirty_ratio = 5\n");
        INFO(text_of(report));
        CHECK(report.rows.size() == 1);
        CHECK(text_of(report).contains("every old value is restored: memory.swappiness on host"));
    }
}

TEST_CASE_METHOD(PlainScene,
                 "a row that rollback leaves shows what is there, not what nanotune had set",
                 "[engine][rollback]") {
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    host.cells[swappiness] = "33";
    for (const Report& report :
         {engine.engine().rollback_plan(rollback_request()), engine.rollback()}) {
        INFO(text_of(report));
        const Row row = row_at(report, "memory.swappiness", Target::host());
        CHECK(row.outcome == Outcome::overridden);
        CHECK(row.before == "33");
        CHECK(row.got == "33");
        CHECK(row.wanted == "60");
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

namespace {

/// As an apply of a plugin leaves it that is not there any more.
void record_apply_of_missing_plugin(const std::string& folder) {
    const StateFolder state(folder, {.boot = "test-boot", .network = 1});
    std::vector<std::string> notes;
    auto journal = state.open(notes);
    REQUIRE(journal);
    const std::vector<record::Record> records = {
        record::Begin{.id = 1, .kind = "apply", .undoes = 0, .profile = "given"},
        record::Intent{.setting = "ghost.level",
                       .target = Target::host(),
                       .before = std::int64_t{3},
                       .wanted = std::int64_t{7}},
        record::Intent{.setting = "ghost.mode",
                       .target = Target::host(),
                       .before = std::string("slow"),
                       .wanted = std::string("fast")},
        record::End{.how = "committed"}};
    for (const record::Record& record : records) {
        REQUIRE(journal->append(record));
    }
    REQUIRE(journal->sync());
}

std::size_t count_in(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("values of a plugin that is not there any more are told as people write them",
          "[engine][rollback]") {
    FakeHost host = given::plain_host();
    const ScratchFolder folder;
    record_apply_of_missing_plugin(folder.path());
    EngineOn engine(host, folder.path());
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::not_restored);
    CHECK(row_at(report, "ghost.level", Target::host()).before == "7");
    CHECK(row_at(report, "ghost.level", Target::host()).wanted == "3");
    CHECK(row_at(report, "ghost.mode", Target::host()).wanted == "slow");
}

TEST_CASE("a plan says once that a plugin is not there any more", "[engine][rollback]") {
    FakeHost host = given::plain_host();
    const ScratchFolder folder;
    record_apply_of_missing_plugin(folder.path());
    EngineOn engine(host, folder.path());
    const Report report = engine.planned("[memory]\nswappiness = 10\n");
    const std::string text = text_of(report);
    INFO(text);
    CHECK(count_in(text, "ghost.level") == 1);
    CHECK(count_in(text, "ghost.mode") == 1);
    CHECK(count_in(text, "stay as they are") == 1);
}
