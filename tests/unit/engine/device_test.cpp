// What was set on a device stays that device's, whatever is done to devices and their names.
#include <array>

#include <fmt/format.h>

#include "model/observation.hpp"
#include "support/catch.hpp"
#include "support/device_moves.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"
#include "veth_scene.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

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
