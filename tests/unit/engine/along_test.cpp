// What the kernel sets along with a setting of the same target: it comes back with that, and what a
// profile says of it stands.
#include <linux/if_link.h>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/newer_attributes.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string of_ipv4 = link_number_cell("eth0", gso_ipv4_max_size);

/// As BIG TCP has it.
FakeHost host_with_big_packets() {
    return given::host()
        .with_nic("eth0")
        .with(link_number_cell("eth0", IFLA_GSO_MAX_SIZE), "131072")
        .with(link_number_cell("eth0", IFLA_GRO_MAX_SIZE), "131072")
        .with(of_ipv4, "65536")
        .with(link_number_cell("eth0", gro_ipv4_max_size), "60000");
}

const std::string slack = "/proc/301/timerslack_ns";
const Target receiver{"thread", "300/301:1000"};

FakeHost host_with_thread() {
    return given::host()
        .with_process("feed", {.pid = 300, .threads = {{.id = 301, .name = "rx-0"}}})
        .with(slack, "7");
}

const std::string policy = "/sys/devices/system/cpu/cpufreq/policy0/";

/// As amd_pstate has it up to Linux 6.12: with performance goes what the hardware prefers, too,
/// nothing else is taken then, and any other governor leaves it so.
FakeHost host_with_preference() {
    FakeHost host = given::host().with_cpufreq({.governor = "powersave"});
    host.on_write("scaling_governor", [](Edit& edit, const Write& write) {
        if (write.text == "performance") {
            edit.set(write.key.substr(0, write.key.rfind('/')) + "/energy_performance_preference",
                     "performance");
        }
    });
    host.check("energy_performance_preference", [](const Cells& cells, const Write& write) {
        const std::string governor =
            text_of(cells, write.key.substr(0, write.key.rfind('/')) + "/scaling_governor");
        return governor == "performance" && write.text != "performance"
                   ? std::optional(Refusal{.error = EBUSY})
                   : std::nullopt;
    });
    return host;
}

void roll_back_whole(Scene& scene) {
    const Report report = scene.engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(scene.before, scene.host) == no_difference);
}

}  // namespace

TEST_CASE("sizes for IPv4 come back with those for all packets", "[engine][along]") {
    Scene scene(host_with_big_packets());
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply("[nic.eth0]\ngso_max_size = 20000\ngro_max_size = 20000\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(of_ipv4) == "20000");
    for (const std::string whole : {"gso", "gro"}) {
        CHECK(row_at(applied, "nic." + whole + "_ipv4_max_size", Target::nic("eth0")).message ==
              "reset by nic." + whole + "_max_size on eth0; rollback restores it");
    }
    CHECK(engine.verify().exit == Exit::as_wanted);
    roll_back_whole(scene);
}

TEST_CASE("a size for IPv4 stands beside one for all packets, whichever is said first",
          "[engine][along]") {
    Scene scene(host_with_big_packets());
    auto& [host, before, folder, engine] = scene;
    const std::string lines =
        GENERATE(as<std::string>{}, "gso_ipv4_max_size = 30000\ngso_max_size = 20000\n",
                 "gso_max_size = 20000\ngso_ipv4_max_size = 30000\n");
    const Report applied = engine.apply("[nic.eth0]\n" + lines);
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(of_ipv4) == "30000");
    CHECK(row_at(applied, "nic.gso_ipv4_max_size", Target::nic("eth0")).outcome ==
          Outcome::changed);
    roll_back_whole(scene);
}

TEST_CASE("the slack of timers that a real-time thread loses comes back", "[engine][along]") {
    Scene scene(host_with_thread());
    auto& [host, before, folder, engine] = scene;
    const std::string lines = GENERATE(as<std::string>{}, "", "timer_slack = \"1ns\"\n");
    const Report applied = engine.apply(
        "[process.feed]\nmatch = { comm = \"feed\" }\npolicy = \"fifo\"\npriority = 10\n" + lines);
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(slack) == "0");
    CHECK(engine.verify().exit == Exit::as_wanted);
    roll_back_whole(scene);
    CHECK(host.text(slack) == "7");
}

TEST_CASE("a slack of timers that a real-time thread cannot have keeps no apply from it",
          "[engine][along]") {
    FakeHost host = host_with_thread();
    host.cells[task_cell(301, "scheduling")] = "1 7 0 0";
    host.cells[slack] = "0";
    Scene scene(std::move(host));
    const std::string lines = GENERATE(as<std::string>{}, "", "policy = \"fifo\"\npriority = 10\n");
    const Report applied = scene.engine.apply(
        "[process.feed]\nmatch = { comm = \"feed\" }\ntimer_slack = \"1ns\"\n" + lines);
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(row_at(applied, "process.thread.timer_slack", receiver).message ==
          "timers of a real-time thread have no slack");
    CHECK(scene.engine.verify().exit == Exit::as_wanted);
    roll_back_whole(scene);
}

TEST_CASE("a thread that is real-time no longer gets the slack that the profile has for it",
          "[engine][along]") {
    FakeHost host = host_with_thread();
    host.cells[task_cell(301, "scheduling")] = "1 7 0 0";
    host.cells[slack] = "0";
    Scene scene(std::move(host));
    const Report applied = scene.engine.apply(
        "[process.feed]\nmatch = { comm = \"feed\" }\ntimer_slack = \"1ns\"\npolicy = \"other\"\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(scene.host.text(slack) == "1");
}

TEST_CASE("what a scheduling that is left rules is left with it, and comes back with it",
          "[engine][along]") {
    Scene scene(host_with_thread());
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine
                .apply("[process.feed]\nmatch = { comm = \"feed\" }\npolicy = \"fifo\"\n"
                       "priority = 10\n")
                .exit == Exit::as_wanted);
    host.cells[task_cell(301, "scheduling")] = "1 7 0 0";
    const Report left = engine.rollback();
    INFO(text_of(left));
    CHECK(left.exit == Exit::as_wanted);
    const Row row = row_at(left, "process.thread.timer_slack", receiver);
    CHECK(row.outcome == Outcome::overridden);
    CHECK(row.message ==
          "process.thread.scheduling on thread 300/301 is left and rules it, so it is left; before "
          "nanotune it was 7ns");
    RollbackRequest forced = rollback_request();
    forced.force = true;
    const Report report = engine.rollback(forced);
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("what cannot be read is not said to be ruled by what is left", "[engine][along]") {
    Scene scene(host_with_thread());
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine
                .apply("[process.feed]\nmatch = { comm = \"feed\" }\npolicy = \"fifo\"\n"
                       "priority = 10\n")
                .exit == Exit::as_wanted);
    host.cells[task_cell(301, "scheduling")] = "1 7 0 0";
    host.unreadable(slack);
    const Report left = engine.rollback();
    INFO(text_of(left));
    CHECK(left.exit == Exit::not_restored);
    CHECK(row_at(left, "process.thread.timer_slack", receiver).outcome == Outcome::refused);
}

TEST_CASE("what the hardware prefers comes back with the governor that overruled it",
          "[engine][along]") {
    Scene scene(host_with_preference());
    auto& [host, before, folder, engine] = scene;
    const std::string lines =
        GENERATE(as<std::string>{}, "", "energy_preference = \"performance\"\n");
    const Report applied = engine.apply("[cpu]\ngovernor = \"performance\"\n" + lines);
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(policy + "energy_performance_preference") == "performance");
    CHECK(engine.verify().exit == Exit::as_wanted);
    roll_back_whole(scene);
}

TEST_CASE("what is busy under one governor is set once another one is", "[engine][along]") {
    FakeHost host = host_with_preference();
    host.with(policy + "scaling_governor", "performance")
        .with(policy + "energy_performance_preference", "performance");
    Scene scene(std::move(host));
    const std::string lines =
        GENERATE(as<std::string>{}, "energy_preference = \"power\"\ngovernor = \"powersave\"\n",
                 "governor = \"powersave\"\nenergy_preference = \"power\"\n");
    const Report applied = scene.engine.apply("[cpu.0]\n" + lines);
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK(scene.host.text(policy + "energy_performance_preference") == "power");
    roll_back_whole(scene);
}

TEST_CASE("an energy preference that is a number without a name comes back", "[engine][along]") {
    const std::string lines = GENERATE(as<std::string>{}, "energy_preference = \"performance\"\n",
                                       "governor = \"performance\"\n");
    FakeHost host = host_with_preference();
    host.with(policy + "energy_performance_preference", "64");
    Scene scene(std::move(host));
    const Report applied = scene.engine.apply("[cpu.0]\n" + lines);
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(scene.host.text(policy + "energy_performance_preference") == "performance");
    roll_back_whole(scene);
}

TEST_CASE("default is no energy preference, as it reads back as another word", "[engine][along]") {
    Scene scene(given::host().with_cpufreq({.governor = "powersave"}));
    const Report planned = scene.engine.planned("[cpu.0]\nenergy_preference = \"default\"\n");
    INFO(text_of(planned));
    CHECK(planned.exit == Exit::refused);
    CHECK(text_of(planned).contains("balance_performance"));
}

TEST_CASE("LRO that the kernel turns off for forwarding comes back with rollback",
          "[engine][along]") {
    const std::string lro = feature_cell("eth0", "rx-lro");
    FakeHost host = given::host()
                        .with_nic("eth0")
                        .with(lro, "on on")
                        .with_sysctl("net.ipv4.conf.eth0.forwarding", "0");
    host.on_write("/proc/sys/net/ipv4/conf/eth0/forwarding", [lro](Edit& edit, const Write& write) {
        if (write.text == "1") {
            edit.set(lro, "off off");
        }
    });
    Scene scene(std::move(host));
    const std::string profile = "[sysctl]\n\"net.ipv4.conf.eth0.forwarding\" = 1\n";
    CHECK(scene.engine.apply(profile, ApplyRequest()).exit == Exit::consent_missing);
    const Report applied = scene.engine.apply(profile);
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    const Row row = row_at(applied, "nic.features.rx-lro", Target::nic("eth0"));
    CHECK(row.before == "true");
    CHECK(row.got == "false");
    roll_back_whole(scene);
}

TEST_CASE("what a governor left alone is not said to have followed it", "[engine][along]") {
    Scene scene(given::host().with_cpufreq({.governor = "powersave"}));
    const Report applied = scene.engine.apply("[cpu.0]\ngovernor = \"performance\"\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(std::ranges::find(applied.rows, "cpu.energy_preference", &Row::setting) ==
          applied.rows.end());
    roll_back_whole(scene);
}

TEST_CASE("capture has both sizes, and what the hardware prefers beside a governor of that name",
          "[engine][along]") {
    FakeHost host = given::host().with_nic("eth0").with_cpufreq({.governor = "performance"});
    for (const char* number : {"0", "1", "2", "3"}) {
        host.with("/sys/devices/system/cpu/cpufreq/policy" + std::string(number) +
                      "/energy_performance_preference",
                  "performance");
    }
    Scene scene(std::move(host));
    const auto captured = scene.engine.engine().capture();
    REQUIRE(captured);
    for (const char* name : {"nic.gso_ipv4_max_size", "cpu.energy_preference"}) {
        INFO(name);
        CHECK(std::ranges::any_of(
            *captured, [&](const Captured& one) { return one.setting.full_name() == name; }));
    }
}
