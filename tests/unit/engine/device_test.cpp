// What was set on a device stays that device's, whatever is done to devices and their names.
#include <array>

#include <fmt/format.h>

#include "model/observation.hpp"
#include "support/catch.hpp"
#include "support/device_moves.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string filter = "/proc/sys/net/ipv4/conf/";

std::string mtu_of(const FakeHost& host, const std::string& device) {
    return host.text(link_number_cell(device, 4));  // IFLA_MTU
}

std::string filter_of(const FakeHost& host, const std::string& device) {
    return host.text(filter + device + "/rp_filter");
}

FakeHost two_veths() {
    return given::plain_host()
        .with_sysctl("net.core.rmem_max", "212992")
        .with_nic("veth0", {.kind = "veth", .mtu = 1500})
        .with_nic("veth1", {.kind = "veth", .mtu = 1600});
}

struct VethScene : Scene {
    VethScene() : Scene(two_veths()) {}

    void tune(std::string_view profile =
                  "[nic.veth0]\nmtu = 1400\n"
                  "[sysctl]\n\"net.ipv4.conf.veth0.rp_filter\" = 2\n") {
        const Report report = engine.apply(profile);
        INFO(text_of(report));
        REQUIRE(report.exit == Exit::as_wanted);
    }
    Report forget() {
        RollbackRequest request = rollback_request();
        request.all = true;
        request.force = true;
        return engine.rollback(request);
    }
};

Row filter_row(const Report& report, const std::string& device) {
    return row_at(report, "sysctl.net.ipv4.conf." + device + ".rp_filter", Target::host());
}

/// As drivers that were loaded anew in another order have them.
void give_interrupts_to_eth1(FakeHost& host) {
    host.without(host.text("symlink:/sys/class/net/eth0/device") + "/msi_irqs/*")
        .without("queue:eth0:*");
    std::string& interrupts = host.cells["/proc/interrupts"];
    for (auto at = interrupts.find("eth0"); at != std::string::npos; at = interrupts.find("eth0")) {
        interrupts.replace(at, 4, "eth1");
    }
    for (const int queue : {0, 1, 2, 3}) {
        host.with(fmt::format("queue:eth1:rx-{}", queue), fmt::format("9 {}", 80 + queue));
    }
}

}  // namespace

TEST_CASE_METHOD(VethScene, "a renamed device gets its old values back under its new name",
                 "[engine][device]") {
    tune();
    rename_nic(host, "veth0", "foo");
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(report.state == HostState::clean);
    const Row row = row_at(report, "nic.mtu", Target::nic("foo"));
    CHECK(row.outcome == Outcome::changed);
    CHECK(row.message == "foo, renamed from veth0");
    CHECK(filter_row(report, "foo").message == "foo, renamed from veth0");
    CHECK(mtu_of(host, "foo") == "1500");
    CHECK(filter_of(host, "foo") == "0");
}

TEST_CASE_METHOD(VethScene, "devices that swapped their names get their own old values back",
                 "[engine][device]") {
    tune(
        "[nic.veth0]\nmtu = 1400\n[nic.veth1]\nmtu = 1450\n"
        "[sysctl]\n\"net.ipv4.conf.veth0.rp_filter\" = 2\n"
        "\"net.ipv4.conf.veth1.rp_filter\" = 1\n");
    swap_nics(host, "veth0", "veth1");
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    FakeHost swapped = before;
    swap_nics(swapped, "veth0", "veth1");
    CHECK(difference(swapped, host) == no_difference);
    CHECK(row_at(report, "nic.mtu", Target::nic("veth1")).message == "veth1, renamed from veth0");
}

TEST_CASE_METHOD(VethScene, "a rollback plan shows a renamed device as rollback then does",
                 "[engine][device]") {
    tune();
    rename_nic(host, "veth0", "foo");
    const Report report = engine.engine().rollback_plan(rollback_request());
    INFO(text_of(report));
    CHECK(row_at(report, "nic.mtu", Target::nic("foo")).outcome == Outcome::not_done);
    CHECK(row_at(report, "nic.mtu", Target::nic("veth0")).setting == "none");
}

TEST_CASE_METHOD(VethScene, "verify and status follow a renamed device", "[engine][device]") {
    tune();
    rename_nic(host, "veth0", "foo");
    const Report report = engine.verify();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(row_at(report, "nic.mtu", Target::nic("foo")).message == "foo, renamed from veth0");
    const HostStatus status = engine.status();
    CHECK(status.rows.size() == 2);
    CHECK(status.rows[0].target == Target::nic("foo"));
    CHECK(status.rows[0].message == "foo, renamed from veth0");
    CHECK(status.rows[1].setting == "sysctl.net.ipv4.conf.foo.rp_filter");
}

TEST_CASE_METHOD(VethScene, "a profile that names the device as it is called now finds its values",
                 "[engine][device]") {
    tune();
    rename_nic(host, "veth0", "foo");
    const std::size_t writes = engine.system().writes().size();
    const Report report =
        engine.apply("[nic.foo]\nmtu = 1400\n[sysctl]\n\"net.ipv4.conf.foo.rp_filter\" = 2\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(report.rows.size() == 2);
    CHECK(engine.system().writes().size() == writes);
    CHECK(engine.rollback_all().exit == Exit::as_wanted);
    CHECK(mtu_of(host, "foo") == "1500");
    CHECK(filter_of(host, "foo") == "0");
}

TEST_CASE_METHOD(VethScene, "the next profile returns a renamed device to its baseline",
                 "[engine][device]") {
    tune();
    rename_nic(host, "veth0", "foo");
    const Report report = engine.apply("[memory]\nswappiness = 10\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(mtu_of(host, "foo") == "1500");
    CHECK(filter_of(host, "foo") == "0");
}

TEST_CASE_METHOD(VethScene, "a device's queues follow it to its new name", "[engine][device]") {
    tune("[nic.veth0]\nrps.cpus = \"1-2\"\n");
    const std::string renamed = "/sys/class/net/veth0.100/queues/rx-0/rps_cpus";
    rename_nic(host, "veth0", "veth0.100");
    REQUIRE(host.text(renamed) == "6");
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(row_at(report, "nic.rps.cpus", {"rx_queue", "veth0.100/rx-0"}).outcome ==
          Outcome::changed);
    CHECK(host.text(renamed) == before.text("/sys/class/net/veth0/queues/rx-0/rps_cpus"));
}

TEST_CASE_METHOD(VethScene, "a sysctl follows its device to a name with a dot",
                 "[engine][device]") {
    tune();
    rename_nic(host, "veth0", "veth0.100");
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(row_at(report, "sysctl.net/ipv4/conf/veth0.100/rp_filter", Target::host()).outcome ==
          Outcome::changed);
    CHECK(filter_of(host, "veth0.100") == "0");
}

TEST_CASE_METHOD(VethScene,
                 "an apply that was cut off is undone on a device that was renamed since",
                 "[engine][device]") {
    tune();
    {
        std::vector<std::string> notes;
        auto journal = engine.state().open(notes, Opening::undo);
        REQUIRE(journal);
        REQUIRE(journal->append(record::Begin{.id = journal->ledger().last_id() + 1,
                                              .kind = "rollback",
                                              .undoes = journal->ledger().last_id(),
                                              .profile = "test"}));
        REQUIRE(journal->sync());
    }
    rename_nic(host, "veth0", "foo");
    const Report report = engine.apply("[memory]\nswappiness = 10\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(mtu_of(host, "foo") == "1500");
    CHECK(filter_of(host, "foo") == "0");
}

TEST_CASE_METHOD(VethScene, "another device with the name of one that is no more is never written",
                 "[engine][device]") {
    tune();
    remove_nic(host, "veth0");
    host.with_nic("veth0", {.kind = "veth", .mtu = 1400, .index = 9});
    host.cells[filter + "veth0/rp_filter"] = "2";
    const FakeHost anew = host;
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(difference(anew, host) == no_difference);
    CHECK(row_at(report, "nic.mtu", Target::nic("veth0")).outcome == Outcome::gone);
    CHECK(filter_row(report, "veth0").outcome == Outcome::gone);
    CHECK(filter_row(report, "veth0").message ==
          "its device is no more, and another one is called veth0 now");
    CHECK(report.exit == Exit::as_wanted);
    CHECK(report.state == HostState::clean);
    CHECK(engine.status().left.empty());
}

TEST_CASE_METHOD(VethScene, "a device that was moved away keeps what it holds, which is said",
                 "[engine][device]") {
    tune();
    move_nic_away(host, "veth0");
    const Report verified = engine.verify();
    INFO(text_of(verified));
    CHECK(verified.exit == Exit::differs);
    CHECK(row_at(verified, "nic.mtu", Target::nic("veth0")).outcome == Outcome::away);

    const Report planned = engine.engine().rollback_plan(rollback_request());
    INFO(text_of(planned));
    CHECK(planned.exit == Exit::differs);
    CHECK(row_at(planned, "nic.mtu", Target::nic("veth0")).outcome == Outcome::away);

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::differs);
    CHECK(report.state == HostState::degraded);
    CHECK(row_at(report, "nic.mtu", Target::nic("veth0")).outcome == Outcome::away);
    CHECK(filter_row(report, "veth0").message ==
          "its device is away; its old value is kept for when it is back");
    CHECK(text_of(report).contains("2 settings are away"));
    const HostStatus status = engine.status();
    CHECK(status.state == HostState::degraded);
    REQUIRE(status.left.size() == 2);
    CHECK(status.left[0].outcome == Outcome::away);

    SECTION("once it is back it is restored") {
        move_nic_back(host, "veth0");
        const HostStatus back = engine.status();
        REQUIRE(back.left.size() == 2);
        CHECK(back.left[0].message == "it is back: rollback restores it");
        const Report again = engine.rollback();
        INFO(text_of(again));
        CHECK(again.exit == Exit::as_wanted);
        CHECK(again.state == HostState::clean);
        CHECK(difference(before, host) == no_difference);
        CHECK(engine.status().left.empty());
    }
    SECTION("as long as it is away rollback ends the same") {
        CHECK(engine.rollback().exit == Exit::differs);
        CHECK(engine.status().left.size() == 2);
    }
    SECTION("another device of that name has a baseline of its own") {
        host.with_nic("veth0", {.kind = "veth", .mtu = 1700, .index = 9});
        const FakeHost anew = host;
        const Report applied = engine.apply("[nic.veth0]\nmtu = 1300\n");
        INFO(text_of(applied));
        CHECK(applied.exit == Exit::as_wanted);
        CHECK(applied.state == HostState::tuned);
        CHECK(applied.rows.size() == 1);
        const Report undone = engine.rollback_all();
        INFO(text_of(undone));
        CHECK(undone.exit == Exit::differs);
        CHECK(difference(anew, host) == no_difference);
    }
    SECTION("what is forced to the baseline is forgotten, and that is not called restored") {
        const Report forgotten = forget();
        INFO(text_of(forgotten));
        CHECK(forgotten.exit == Exit::differs);
        CHECK(row_at(forgotten, "nic.mtu", Target::nic("veth0")).message ==
              "its device is away; its old value is forgotten");
        CHECK(engine.status().left.empty());
        CHECK(engine.status().state == HostState::clean);
        CHECK(engine.rollback().exit == Exit::as_wanted);
    }
    SECTION("once it is no more, nothing is left of it") {
        host.without("elsewhere:*").without("away:*");
        const HostStatus gone = engine.status();
        REQUIRE(gone.left.size() == 2);
        CHECK(gone.left[0].outcome == Outcome::gone);
        CHECK(engine.rollback().exit == Exit::as_wanted);
        CHECK(engine.status().left.empty());
        CHECK(engine.status().state == HostState::clean);
    }
}

TEST_CASE_METHOD(VethScene,
                 "what the next profile cannot return, as its device is away, is said until it is",
                 "[engine][device]") {
    tune();
    move_nic_away(host, "veth0");
    constexpr std::string_view next = "[sysctl]\n\"net.core.rmem_max\" = 300000\n";
    REQUIRE(engine.apply(next).exit == Exit::as_wanted);
    const HostStatus status = engine.status();
    REQUIRE(status.left.size() == 2);
    CHECK(status.left[0].outcome == Outcome::away);
    const Report verified = engine.verify();
    CHECK(verified.exit == Exit::as_wanted);
    CHECK(text_of(verified).contains("2 settings are away"));

    move_nic_back(host, "veth0");
    REQUIRE(engine.apply(next).exit == Exit::as_wanted);
    CHECK(mtu_of(host, "veth0") == "1500");
    CHECK(engine.status().left.empty());
    CHECK_FALSE(text_of(engine.verify()).contains("away"));
}

TEST_CASE_METHOD(VethScene, "whoever may not look into other namespaces calls no device gone",
                 "[engine][device]") {
    tune();
    remove_nic(host, "veth0");
    host.lacks(Capability::sys_admin);
    const Report report = engine.verify();
    INFO(text_of(report));
    CHECK(row_at(report, "nic.mtu", Target::nic("veth0")).outcome == Outcome::away);
}

TEST_CASE("a card whose driver was loaded anew is the card that it was", "[engine][device]") {
    Scene scene(given::plain_host().with_nic("eth0").with_nic("eth1"));
    REQUIRE(scene.engine.apply("[nic.eth0]\nmtu = 1400\n").exit == Exit::as_wanted);
    reload_driver(scene.host, "eth0", {.mtu = 1400});
    rename_nic(scene.host, "eth0", "eth7");
    const Report report = scene.engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(row_at(report, "nic.mtu", Target::nic("eth7")).message == "eth7, renamed from eth0");
    CHECK(mtu_of(scene.host, "eth7") == "1500");
    CHECK(mtu_of(scene.host, "eth1") == "1500");
}

TEST_CASE("a card without its driver holds nothing, one in another namespace does",
          "[engine][device]") {
    Scene scene(given::plain_host().with_nic("eth0"));
    REQUIRE(scene.engine.apply("[nic.eth0]\nmtu = 1400\n").exit == Exit::as_wanted);
    SECTION("its driver is gone") {
        remove_nic(scene.host, "eth0");
        const Report report = scene.engine.rollback();
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(report.state == HostState::clean);
    }
    SECTION("it is in another namespace") {
        move_nic_away(scene.host, "eth0");
        scene.host.lacks(Capability::sys_admin);  // its place on the bus says enough
        const Report report = scene.engine.rollback();
        INFO(text_of(report));
        CHECK(report.exit == Exit::differs);
        CHECK(report.state == HostState::degraded);
    }
}

TEST_CASE("an interrupt whose number another card has now is left alone", "[engine][device]") {
    Scene scene(given::plain_host().with_nic("eth0").with_nic("eth1"));
    const Report applied = scene.engine.apply("[irq.eth0]\ncpus = \"1\"\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    Row tuned;
    for (const Row& row : applied.rows) {
        tuned = row.setting == "irq.affinity" && row.outcome == Outcome::changed ? row : tuned;
    }
    REQUIRE(tuned.target.kind == "irq");
    give_interrupts_to_eth1(scene.host);
    const FakeHost given_to_other = scene.host;
    const auto check_untouched = [&](const Report& report) {
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(difference(given_to_other, scene.host) == no_difference);
    };
    SECTION("by a rollback, which says so") {
        const Report report = scene.engine.rollback();
        check_untouched(report);
        const Row row = row_at(report, "irq.affinity", tuned.target);
        CHECK(row.outcome == Outcome::gone);
        CHECK(row.message == "its number belongs to eth1 now");
    }
    SECTION("by an apply that no longer names the card which had it") {
        check_untouched(scene.engine.apply("[nic.eth0]\nmtu = 1500\n"));
    }
}

TEST_CASE("an interrupt that is held, and whose number another card has now, is not put right",
          "[engine][device]") {
    Scene scene(given::plain_host().with_nic("eth0").with_nic("eth1"));
    REQUIRE(scene.engine.apply("[irq.eth0]\ncpus = \"1\"\n").exit == Exit::as_wanted);
    give_interrupts_to_eth1(scene.host);
    scene.host.with("/proc/irq/80/smp_affinity", "c").with("/proc/irq/80/smp_affinity_list", "2-3");
    const HeldPlace place{"irq.affinity", {"irq", "80"}};
    const Report verified = scene.engine.verify();
    INFO(text_of(verified));
    const Row row = row_at(verified, place.setting, place.target);
    CHECK(row.outcome == Outcome::gone);
    CHECK(row.message == "its number belongs to eth1 now");
    CHECK(verified.exit == Exit::differs);
    CHECK(scene.engine.engine().observe({}).changed.empty());
    const Report repaired = scene.engine.engine().repair({.places = {place}, .may_disturb = true});
    INFO(text_of(repaired));
    CHECK(repaired.rows.empty());
    CHECK(scene.host.text("/proc/irq/80/smp_affinity_list") == "2-3");
}

TEST_CASE("an interrupt that was set for two cards, one after the other, is as the second had it",
          "[engine][device]") {
    Scene scene(given::plain_host().with_nic("eth0").with_nic("eth1"));
    REQUIRE(scene.engine.apply("[irq.eth0]\ncpus = \"1\"\n").exit == Exit::as_wanted);
    give_interrupts_to_eth1(scene.host);
    for (const int irq : {80, 81, 82, 83}) {
        scene.host.with(fmt::format("/proc/irq/{}/smp_affinity", irq), "c")
            .with(fmt::format("/proc/irq/{}/smp_affinity_list", irq), "2-3");
    }
    const Report applied = scene.engine.apply("[irq.eth1]\ncpus = \"0\"\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    REQUIRE(scene.host.text("/proc/irq/80/smp_affinity_list") == "0");
    SECTION("by a rollback of everything") {
        const Report report = scene.engine.rollback_all();
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(scene.host.text("/proc/irq/80/smp_affinity_list") == "2-3");
    }
    SECTION("by an apply that names neither") {
        const Report report = scene.engine.apply("[nic.eth0]\nmtu = 1500\n");
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(scene.host.text("/proc/irq/80/smp_affinity_list") == "2-3");
    }
}

TEST_CASE("what an older version recorded by names alone is found by them", "[engine][device]") {
    FakeHost host = two_veths();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    {
        std::vector<std::string> notes;
        auto journal = engine.state().open(notes);
        REQUIRE(journal);
        const std::array<record::Record, 5> records = {
            record::Begin{.id = 1, .kind = "apply", .undoes = 0, .profile = "old"},
            record::Intent{.setting = "nic.mtu",
                           .target = Target::nic("veth0"),
                           .before = std::int64_t{1500},
                           .wanted = std::int64_t{1400}},
            record::Intent{.setting = "sysctl.net.ipv4.conf.veth0.rp_filter",
                           .target = Target::host(),
                           .before = std::int64_t{0},
                           .wanted = std::int64_t{2}},
            record::Held{.setting = "nic.mtu",
                         .target = Target::nic("veth0"),
                         .wanted = std::int64_t{1400},
                         .got = std::int64_t{1400}},
            record::End{"committed"}};
        for (const record::Record& record : records) {
            REQUIRE(journal->append(record));
        }
        REQUIRE(journal->sync());
    }
    host.cells[link_number_cell("veth0", 4)] = "1400";
    host.cells[filter + "veth0/rp_filter"] = "2";
    SECTION("applied again it is as wanted, with the baseline that it had") {
        const Report report = engine.apply(
            "[nic.veth0]\nmtu = 1400\n[sysctl]\n\"net.ipv4.conf.veth0.rp_filter\" = 2\n");
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(report.rows.size() == 2);
        CHECK_FALSE(report.changed);
        CHECK(engine.rollback_all().exit == Exit::as_wanted);
        CHECK(mtu_of(host, "veth0") == "1500");
        CHECK(filter_of(host, "veth0") == "0");
    }
    SECTION("where no device has the name, it may be away") {
        move_nic_away(host, "veth0");
        const Report report = engine.rollback();
        INFO(text_of(report));
        CHECK(report.exit == Exit::differs);
        CHECK(row_at(report, "nic.mtu", Target::nic("veth0")).outcome == Outcome::away);
    }
}

TEST_CASE("the settings of a CPU that is offline are kept for when it is back",
          "[engine][device]") {
    FakeHost host = given::plain_host();
    host.with_cpufreq({.governor = "powersave"});
    Scene scene(host);
    REQUIRE(scene.engine.apply("[cpu.\"3\"]\ngovernor = \"performance\"\n").exit ==
            Exit::as_wanted);
    const FakeHost tuned = scene.host;
    const std::string online = "/sys/devices/system/cpu/cpu3/online";
    Edit edit(scene.host.cells);
    edit.set(online, "0");
    const bool driver_keeps_files = GENERATE(false, true);
    if (driver_keeps_files) {  // and answers each with EBUSY
        scene.host.unreadable("/sys/devices/system/cpu/cpufreq/policy3/scaling_*");
        scene.host.cells["/sys/devices/system/cpu/cpufreq/policy3/affected_cpus"] = "";
    } else {
        scene.host.without("/sys/devices/system/cpu/cpufreq/policy3/*");
    }
    scene.host.cells["/sys/devices/system/cpu/online"] = "0-2";
    const Report verified = scene.engine.verify();
    INFO(text_of(verified));
    CHECK(row_at(verified, "cpu.governor", {"policy", "3"}).outcome == Outcome::away);
    const Report planned = scene.engine.engine().rollback_plan(rollback_request());
    INFO(text_of(planned));
    CHECK(row_at(planned, "cpu.governor", {"policy", "3"}).outcome == Outcome::away);
    const Report report = scene.engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::differs);
    const Row row = row_at(report, "cpu.governor", {"policy", "3"});
    CHECK(row.outcome == Outcome::away);
    CHECK(row.message == "its CPU is offline; its old value is kept for when it is back");
    REQUIRE(scene.engine.status().left.size() == 1);
    CHECK(scene.engine.status().left[0].outcome == Outcome::away);

    scene.host.cells = tuned.cells;
    scene.host.behaviours.unreadable.clear();
    CHECK(scene.engine.rollback().exit == Exit::as_wanted);
    CHECK(scene.host.text("/sys/devices/system/cpu/cpufreq/policy3/scaling_governor") ==
          "powersave");
}
