// What drivers of real NICs do besides what they are asked for.
#include <cerrno>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string online = "/sys/devices/system/cpu/online";
const std::string queues = "/sys/class/net/eth0/queues/";

CpuSet online_in(const Cells& cells) {
    return CpuSet::from_list(text_of(cells, online)).value_or(CpuSet());
}

std::string mask_of(const CpuSet& cpus) {
    return cpus.mask();
}

/// As virtio-net does whenever a CPU comes or goes: two queues share out the CPUs that run.
void deal_out(Edit& edit) {
    CpuSet dealt[2];
    unsigned turn = 0;
    for (const unsigned cpu : online_in(edit.cells()).members()) {
        dealt[turn++ % 2].add(cpu);
    }
    edit.set(queues + "tx-0/xps_cpus", mask_of(dealt[0]));
    edit.set(queues + "tx-1/xps_cpus", mask_of(dealt[1]));
}

/// Two cores of two threads (0 with 2, 1 with 3), and a virtio NIC.
FakeHost host_with_virtio() {
    FakeHost host = given::host()
                        .with_cpus({.cores = 2, .threads = 2})
                        .with_nic("eth0", {.driver = "virtio_net", .queues = 2});
    host.adjust("xps_cpus", [](const Cells& cells, const Write& write) {
        const CpuSet wanted = CpuSet::from_mask(write.text).value_or(CpuSet());
        return mask_of(wanted & online_in(cells));
    });
    const Effect deals = [](Edit& edit, const Write&) { deal_out(edit); };
    return host.on_write("/sys/devices/system/cpu/smt/control", deals)
        .on_write("/sys/devices/system/cpu/cpu*/online", deals);
}

}  // namespace

TEST_CASE("a mask that a CPU's going cuts short counts as followed, and rollback makes it whole",
          "[engine][nic-habits]") {
    const std::string first = queues + "tx-0/xps_cpus";
    struct Mask {
        std::string whole;
        std::string cut;
        std::string printed;
    };
    // As the driver deals, and another way round.
    const Mask mask = GENERATE(Mask{"5", "1", "0"}, Mask{"e", "2", "1"});
    Scene scene(host_with_virtio().with(first, mask.whole).with(queues + "tx-1/xps_cpus", "1"));
    auto& [host, before, folder, engine] = scene;
    const std::string profile =
        GENERATE(as<std::string>{}, "[cpu]\nsmt = \"off\"\n", "[cpu.\"2,3\"]\nonline = false\n");
    const Report applied = engine.apply(profile);
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(online) == "0-1");
    CHECK(host.text(first) == mask.cut);
    CHECK(host.text(queues + "tx-1/xps_cpus") == "1");
    const Row row = row_at(applied, "nic.xps.cpus", {"tx_queue", "eth0/tx-0"});
    CHECK(row.outcome == Outcome::changed);
    CHECK(row.got == mask.printed);
    CHECK(row.message.contains("rollback restores it"));
    CHECK(engine.verify().exit == Exit::as_wanted);

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("a required setting of which only the write knows that it cannot be is told as refused",
          "[engine][nic-habits]") {
    Scene scene(given::host().with_nic("eth0").refuse("/sys/class/net/eth0/threaded",
                                                      {.error = EOPNOTSUPP}));
    auto& [host, before, folder, engine] = scene;
    const Report report = engine.apply("[nic.eth0]\nnapi.threaded = true\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    const Row row = row_at(report, "nic.napi.threaded", Target::nic("eth0"));
    CHECK(row.outcome == Outcome::refused);
    CHECK(row.message.contains("EOPNOTSUPP"));
    CHECK(row.origin.line == 2);

    const Report lenient =
        engine.apply("[nic.eth0]\nnapi.threaded = { value = true, optional = true }\n");
    INFO(text_of(lenient));
    CHECK(lenient.exit == Exit::as_wanted);
    CHECK(row_at(lenient, "nic.napi.threaded", Target::nic("eth0")).outcome ==
          Outcome::unsupported);
    CHECK(difference(before, host) == no_difference);
}

namespace {

std::string moving_interrupts(bool is_optional) {
    return is_optional ? "[irq.eth0]\ncpus = { value = \"2\", optional = true }\n"
                       : "[irq.eth0]\ncpus = \"2\"\n";
}

/// The other one was moved, and goes back.
void check_only_81_stays(Scene& scene, const Report& applied) {
    const Row row = row_at(applied, "irq.affinity", Target::irq(81));
    CHECK(row.outcome == Outcome::unsupported);
    CHECK(row.message.contains("the kernel does not move irq 81"));
    CHECK(scene.host.text("/proc/irq/82/smp_affinity_list") == "2");
    CHECK(scene.engine.verify().exit == Exit::as_wanted);
    CHECK(scene.engine.rollback().exit == Exit::as_wanted);
}

}  // namespace

TEST_CASE("an interrupt that the kernel does not move is unsupported where that is optional",
          "[engine][nic-habits]") {
    const auto [is_optional, exit] =
        GENERATE(table<bool, Exit>({{true, Exit::as_wanted}, {false, Exit::rolled_back}}));
    Scene scene(given::host().with_nic("eth0"));
    auto& [host, before, folder, engine] = scene;
    host.refuse("/proc/irq/81/smp_affinity_list", {.error = EIO});
    const Report applied = engine.apply(moving_interrupts(is_optional));
    INFO(text_of(applied));
    CHECK(applied.exit == exit);
    if (is_optional) {
        check_only_81_stays(scene, applied);
    }
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("an interrupt whose file is for nobody to write is known before anything is written",
          "[engine][nic-habits]") {
    const auto [is_optional, exit] =
        GENERATE(table<bool, Exit>({{true, Exit::as_wanted}, {false, Exit::refused}}));
    Scene scene(given::host().with_nic("eth0").read_only("/proc/irq/81/smp_affinity_list"));
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply(moving_interrupts(is_optional));
    INFO(text_of(applied));
    CHECK(applied.exit == exit);
    if (is_optional) {
        check_only_81_stays(scene, applied);
    } else {
        CHECK(text_of(applied).contains("the kernel does not move irq 81"));
    }
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("a rule stands where a driver that chooses places itself puts it",
          "[engine][nic-habits]") {
    Scene scene(given::host()
                    .with_nic("eth0")
                    .with(feature_cell("eth0", "rx-ntuple-filter"), "on on")
                    .with(flow_cell("eth0", "rules"), "chosen places"));
    auto& [host, before, folder, engine] = scene;
    const std::string profile =
        "[nic.eth0]\nntuple.rules = [\"udp4 dst-port 5000 queue 2\", \"tcp4 queue 1\"]\n";
    const Report applied = engine.apply(profile);
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    const Row row = row_at(applied, "nic.ntuple.rules", Target::nic("eth0"));
    CHECK(row.outcome == Outcome::adjusted);
    CHECK(row.got == "udp4 dst-port 5000 queue 2 at 100; tcp4 queue 1 at 101");
    CHECK_FALSE(engine.apply(profile).changed);
    CHECK(engine.verify().exit == Exit::as_wanted);
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("a short name is not as wanted while the device keeps a part of it fixed as on",
          "[engine][nic-habits]") {
    Scene scene(given::host()
                    .with_nic("eth0")
                    .with("feature:eth0:tx-tcp-segmentation", "on on fixed")
                    .with("feature:eth0:tx-tcp6-segmentation", "off off fixed"));
    auto& [host, before, folder, engine] = scene;
    const Report planned = engine.planned("[nic.eth0]\nfeatures.tso = false\n");
    INFO(text_of(planned));
    CHECK(planned.exit == Exit::refused);
    REQUIRE(planned.problems.size() == 1);
    CHECK(planned.problems.front().message.contains("test.toml:2"));
    CHECK(planned.problems.front().message.contains("tx-tcp-segmentation on eth0"));
    CHECK(planned.problems.front().message.contains("fixed by the driver: it stays true"));

    const Report lenient =
        engine.apply("[nic.eth0]\nfeatures.tso = { value = false, optional = true }\n");
    INFO(text_of(lenient));
    CHECK(lenient.exit == Exit::as_wanted);
    CHECK(row_at(lenient, "nic.features.tx-tcp-segmentation", Target::nic("eth0")).outcome ==
          Outcome::unsupported);
}

TEST_CASE("a short name passes over the parts that a device lacks, or has fixed as off",
          "[engine][nic-habits]") {
    Scene scene(given::host()
                    .with_nic("eth0")
                    .with("feature:eth0:tx-tcp-segmentation", "off off")
                    .with("feature:eth0:tx-tcp6-segmentation", "off off fixed")
                    .without("feature:eth0:tx-tcp-ecn-segmentation"));
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply("[nic.eth0]\nfeatures.tso = true\n");
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK(host.text("feature:eth0:tx-tcp-segmentation") == "on on");
}
