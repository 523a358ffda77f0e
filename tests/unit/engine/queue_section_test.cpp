// Sections for single queues of a device.
#include <linux/ethtool_netlink.h>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr unsigned first_napi = 8192;  // of eth0, as the fake kernel numbers them

std::string queue_file(const std::string& queue, const std::string& name) {
    return "/sys/class/net/eth0/queues/" + queue + "/" + name;
}

std::string usecs_of(unsigned queue) {
    return queue_coalesce_cell("eth0", queue, ETHTOOL_A_COALESCE_RX_USECS);
}

std::string frames_of(unsigned queue) {
    return queue_coalesce_cell("eth0", queue, ETHTOOL_A_COALESCE_TX_MAX_FRAMES);
}

/// Whatever of a device's own moderation changes, the kernel hands the driver all of it, and the
/// driver gives that to every queue; and so do the times of NAPI, one by one.
FakeHost host_that_shares() {
    FakeHost host = given::host().with_nic("eth0");
    host.on_write(
        "ethtool:eth0:" + std::to_string(ETHTOOL_MSG_COALESCE_GET) + ":*",
        [](Edit& edit, const Write&) {
            for (const auto attribute :
                 {ETHTOOL_A_COALESCE_RX_USECS, ETHTOOL_A_COALESCE_TX_MAX_FRAMES}) {
                const auto now = number_of(
                    edit.cells(), ethtool_cell("eth0", ETHTOOL_MSG_COALESCE_GET, attribute));
                for (unsigned queue = 0; queue < 4; ++queue) {
                    edit.set(queue_coalesce_cell("eth0", queue, attribute), std::to_string(now));
                }
            }
        });
    host.on_write("/sys/class/net/eth0/napi_defer_hard_irqs", [](Edit& edit, const Write& write) {
        for (unsigned napi = first_napi; napi < first_napi + 4; ++napi) {
            edit.set(napi_cell(napi, "defer_hard_irqs"), write.text);
        }
    });
    return host;
}

}  // namespace

TEST_CASE("what a device's own setting gives to all queues goes back to each queue's own",
          "[engine][queues]") {
    FakeHost given = host_that_shares();
    given.cells[usecs_of(1)] = "50";
    given.cells[usecs_of(2)] = "60";
    given.cells[napi_cell(first_napi + 1, "defer_hard_irqs")] = "7";
    Scene scene(given);
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply(
        "[nic.eth0]\ncoalesce.rx_usecs = 0\nnapi.defer_hard_irqs = 10\n"
        "[nic.eth0.queue.\"2\"]\ncoalesce.rx_usecs = 4\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(usecs_of(0)) == "0");
    CHECK(host.text(usecs_of(1)) == "0");
    CHECK(host.text(usecs_of(2)) == "4");
    CHECK(host.text(napi_cell(first_napi + 1, "defer_hard_irqs")) == "10");
    CHECK(row_at(applied, "nic.per_queue.coalesce.rx_usecs", Target{"rx_queue", "eth0/rx-1"})
              .message.contains("rollback restores it"));
    CHECK(engine.verify().exit == Exit::as_wanted);

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("a queue keeps what another setting of its device writes anew", "[engine][queues]") {
    FakeHost given = host_that_shares();
    given.cells[frames_of(1)] = "2";
    Scene scene(given);
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply("[nic.eth0]\ncoalesce.rx_usecs = 0\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(frames_of(0)) == "32");
    CHECK(host.text(frames_of(1)) == "2");
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("queues that hold what their device does need no record of their own",
          "[engine][queues]") {
    Scene scene(host_that_shares());
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply("[nic.eth0]\ncoalesce.rx_usecs = 0\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(applied.rows.size() == 1);
    CHECK(host.text(usecs_of(3)) == "0");
    const Report report = engine.rollback();
    CHECK(report.rows.size() == 1);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("a section for queues sets those alone, and wins over the device's own",
          "[engine][queues]") {
    Scene scene(given::host().with_nic("eth0"));
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply(
        "[nic.eth0]\nrps.cpus = \"0\"\n"
        "[nic.eth0.queue.\"0-1\"]\nrps.cpus = \"1\"\nxps.cpus = \"2\"\n"
        "[nic.eth0.queue.3]\nrps.flow_cnt = 128\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(queue_file("rx-0", "rps_cpus")) == "2");
    CHECK(host.text(queue_file("rx-1", "rps_cpus")) == "2");
    CHECK(host.text(queue_file("rx-2", "rps_cpus")) == "1");
    CHECK(host.text(queue_file("rx-3", "rps_cpus")) == "1");
    CHECK(host.text(queue_file("tx-1", "xps_cpus")) == "4");
    CHECK(host.text(queue_file("tx-2", "xps_cpus")) == "0");
    CHECK(host.text(queue_file("rx-2", "rps_flow_cnt")) == "0");
    CHECK(host.text(queue_file("rx-3", "rps_flow_cnt")) == "128");
    CHECK(engine.verify().exit == Exit::as_wanted);
    REQUIRE(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("what a device has for all queues is set for single ones in their section",
          "[engine][queues]") {
    Scene scene(given::host().with_nic("eth0"));
    auto& [host, before, folder, engine] = scene;
    const std::string profile =
        "[nic.eth0]\nnapi.defer_hard_irqs = 10\n"
        "[nic.eth0.queue.\"1\"]\nnapi.defer_hard_irqs = 100\ncoalesce.rx-usecs = 4\n"
        "coalesce.tx_frames = 2\n";
    const Report applied = engine.apply(profile);
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(napi_cell(first_napi, "defer_hard_irqs")) == "10");
    CHECK(host.text(napi_cell(first_napi + 1, "defer_hard_irqs")) == "100");
    CHECK(host.text(queue_coalesce_cell("eth0", 1, ETHTOOL_A_COALESCE_RX_USECS)) == "4");
    CHECK(host.text(queue_coalesce_cell("eth0", 0, ETHTOOL_A_COALESCE_RX_USECS)) == "32");
    CHECK(host.text(queue_coalesce_cell("eth0", 1, ETHTOOL_A_COALESCE_TX_MAX_FRAMES)) == "2");
    CHECK(engine.verify().exit == Exit::as_wanted);
    CHECK(engine.apply(profile).changed == false);
    REQUIRE(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("an interrupt is bound by the queue that it serves", "[engine][queues]") {
    Scene scene(given::host().with_nic("eth0"));
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply("[irq.eth0.queue.\"2\"]\naffinity = \"3\"\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(irq_file(82, "smp_affinity_list")) == "3");
    CHECK(host.text(irq_file(81, "smp_affinity_list")) ==
          before.text(irq_file(81, "smp_affinity_list")));
    REQUIRE(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("a queue that comes with the channels of the same profile is waited for",
          "[engine][queues]") {
    Scene scene(given::host().with_nic("eth0"));
    auto& [host, before, folder, engine] = scene;
    const std::string profile =
        "[nic.eth0]\nchannels.combined = 8\n[nic.eth0.queue.\"6-7\"]\nrps.cpus = \"1\"\n";
    const Report planned = engine.planned(profile);
    INFO(text_of(planned));
    CHECK(planned.problems.empty());
    const Report applied = engine.apply(profile);
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(queue_file("rx-5", "rps_cpus")) == "0");
    CHECK(host.text(queue_file("rx-6", "rps_cpus")) == "2");
    REQUIRE(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("what is wrong with a section for queues is told at its line", "[engine][queues]") {
    Scene scene(given::host().with_nic("eth0"));
    const struct {
        std::string profile;
        std::string message;
    } each[] = {
        {"[nic.eth0.queue.\"4-5\"]\nrps.cpus = \"1\"\n", "eth0 has no queue 4-5; there are 0-3"},
        {"[nic.eth0.queue.\"0\"]\nmtu = 9000\n",
         "nic.mtu is no setting of a queue; it belongs to the whole device"},
        {"[nic.eth0.queue.\"0\"]\nrss.queues = \"0\"\n",
         "nic.rss.queues is no setting of a queue; it belongs to the whole device"},
        {"[nic.eth0.queue.first]\nrps.cpus = \"1\"\n",
         R"([nic.eth0.queue."first"]: a list of queue numbers such as "0-3" is expected)"},
        {"[nic.eth0]\nqueue.rps = \"1\"\n",
         "rps: the settings of a queue stand in a table such as [nic.NIC.queue.\"0-1\"]"},
        {"[nic.eth0]\nchannels.combined = 2\n[nic.eth0.queue.\"2\"]\nrps.cpus = \"1\"\n",
         "test.toml:3:17: eth0 has no queue 2; there are 0-1, as test.toml:2:10 wants it"},
    };
    for (const auto& [profile, message] : each) {
        const Report planned = scene.engine.planned(profile);
        INFO(profile << text_of(planned));
        CHECK(planned.exit == Exit::refused);
        REQUIRE(planned.problems.size() == 1);
        CHECK(planned.problems.front().message.contains(message));
        CHECK(planned.problems.front().message.contains("test.toml:"));
    }
    const Report optional = scene.engine.planned(
        "[nic.eth0.queue.\"9\"]\nrps.cpus = { value = \"1\", optional = true }\n");
    INFO(text_of(optional));
    CHECK(optional.exit == Exit::as_wanted);
}

TEST_CASE("a section for queues is shown as it was written, and reads back", "[engine][queues]") {
    Scene scene(given::host().with_nic("eth0"));
    const auto profile = scene.engine.resolved(
        "[nic.eth0]\nrps.cpus = \"0\"\n[nic.eth0.queue.\"0-1\"]\nrps.cpus = \"1\"\n");
    REQUIRE(profile);
    const std::string text = shown(*profile);
    INFO(text);
    CHECK(text.contains("[nic.eth0.queue.\"0-1\"]"));
    const auto again = scene.engine.resolved(text);
    REQUIRE(again);
    CHECK(again->hash == profile->hash);
    const auto other = scene.engine.resolved(
        "[nic.eth0]\nrps.cpus = \"0\"\n[nic.eth0.queue.\"0-2\"]\nrps.cpus = \"1\"\n");
    REQUIRE(other);
    CHECK(other->hash != profile->hash);
}
