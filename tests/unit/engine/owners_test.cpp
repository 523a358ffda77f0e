// Who has a NIC besides the kernel's stack: told by plan, and where they would be broken an error.
#include <linux/ethtool_netlink.h>
#include <linux/if_link.h>

#include "support/catch.hpp"
#include "support/device_moves.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/held.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr auto protocols =
    "protocol  size sockets  memory press maxhdr  slab module     cl co di ac io\n"
    "XDP       1088      1      -1   NI       0   no   kernel      n  n  n  n  n\n";

bool has_note(const Report& report, std::string_view words) {
    return std::ranges::any_of(report.notes,
                               [&](const std::string& note) { return note.contains(words); });
}

bool has_problem(const Report& report, std::string_view words) {
    return std::ranges::any_of(report.problems,
                               [&](const Error& error) { return error.message.contains(words); });
}

/// feed has an AF_XDP socket on queue 2 of eth0.
FakeHost host_with_socket() {
    return given::host()
        .with_nic("eth0")
        .with_nic("eth1")
        .with("/proc/net/protocols", protocols)
        .with("xdp_socket:eth0:2", "4711")
        .with("/proc/77/comm", "feed")
        .with_symlink("/proc/77/fd/5", "socket:[4711]");
}

}  // namespace

TEST_CASE("a plan names the XDP program and the AF_XDP sockets that it disturbs",
          "[engine][owners]") {
    Scene scene(host_with_socket().with(link_cell("eth0", "xdp:native"), "12"));
    const Report planned = scene.engine.planned("[nic.eth0]\nring.rx = 128\n");
    INFO(text_of(planned));
    CHECK(has_note(planned,
                   "eth0 is not the kernel's alone: XDP program 12 (native), AF_XDP socket of feed "
                   "(process 77) on queue 2; disturbed by nic.ring.rx"));
    const Report applied = scene.engine.apply("[nic.eth0]\nring.rx = 128\n");
    CHECK(applied.exit == Exit::as_wanted);
    CHECK(has_note(applied, "XDP program 12 (native)"));
}

TEST_CASE("what disturbs nobody names nobody", "[engine][owners]") {
    Scene scene(host_with_socket());
    CHECK_FALSE(has_note(scene.engine.planned("[nic.eth1]\nring.rx = 128\n"), "AF_XDP"));
    CHECK_FALSE(has_note(scene.engine.planned("[nic.eth0]\ncoalesce.rx_usecs = 5\n"), "AF_XDP"));
}

TEST_CASE("a program on the device below is named for the one above", "[engine][owners]") {
    Scene scene(given::host()
                    .with_nic("bond0", {.kind = "bond"})
                    .with_nic("eth0", {.master = "bond0"})
                    .with(link_cell("eth0", "xdp:generic"), "9"));
    const Report planned = scene.engine.planned("[nic.bond0]\nmtu = 1400\n");
    INFO(text_of(planned));
    CHECK(has_note(planned,
                   "bond0 is not the kernel's alone: XDP program 9 (generic) on eth0, "
                   "which is below"));
}

TEST_CASE("sockets that the kernel does not place are told by their number", "[engine][owners]") {
    Scene scene(given::host()
                    .with_nic("eth0")
                    .with("/proc/net/protocols", protocols)
                    .with("xdp_sockets:unlisted", "1"));
    CHECK(has_note(scene.engine.planned("[nic.eth0]\nring.rx = 128\n"),
                   "1 AF_XDP socket is open here, and this kernel does not say on which device"));
}

TEST_CASE("no queue is planned away from under an AF_XDP socket", "[engine][owners]") {
    Scene scene(host_with_socket());
    const Report report = scene.engine.apply("[nic.eth0]\nchannels.combined = 2\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::refused);
    CHECK(has_problem(report,
                      "nic.channels.combined on eth0: the kernel takes no queue away that "
                      "an AF_XDP socket is bound to: AF_XDP socket of feed (process 77) on "
                      "queue 2, of which 2 would be left"));
    CHECK(scene.engine.system().writes().empty());
    CHECK(scene.engine.apply("[nic.eth0]\nchannels.combined = 3\n").exit == Exit::as_wanted);
}

TEST_CASE("no MTU is planned that native XDP cannot hold in a page", "[engine][owners]") {
    FakeHost host = given::host().with_nic("eth0").with(link_cell("eth0", "xdp:native"), "12");
    host.with(link_cell("eth0", "xdp_features"), "3");
    Scene scene(host);
    const Report report = scene.engine.apply("[nic.eth0]\nmtu = 9000\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::refused);
    CHECK(has_problem(report, "3826 bytes of MTU at most; XDP program 12 is on it"));
    CHECK(scene.engine.apply("[nic.eth0]\nmtu = 3000\n").exit == Exit::as_wanted);

    // One that takes packets in several parts is up to the program.
    Scene parts(FakeHost(host).with(link_cell("eth0", "xdp_features"), "35"));
    CHECK(parts.engine.apply("[nic.eth0]\nmtu = 9000\n").exit == Exit::as_wanted);
}

TEST_CASE("processes of Onload are named for its cards", "[engine][owners]") {
    Scene scene(given::host()
                    .with_nic("eth0", {.driver = "sfc"})
                    .with_nic("eth1")
                    .with("/dev/onload", "")
                    .with("/proc/88/comm", "orders")
                    .with_symlink("/proc/88/fd/3", "/dev/onload"));
    CHECK(has_note(scene.engine.planned("[nic.eth0]\nring.rx = 128\n"),
                   "eth0 is not the kernel's alone: Onload: orders (process 88)"));
    CHECK_FALSE(has_note(scene.engine.planned("[nic.eth1]\nring.rx = 128\n"), "Onload"));
}

TEST_CASE("programs that have queues of a card by its verbs are named for it, each once",
          "[engine][owners]") {
    FakeHost host = given::host()
                        .with_nic("eth0", {.driver = "mlx5_core"})
                        .with_nic("eth1", {.driver = "mlx5_core"})
                        .with("/proc/88/comm", "dpdk-testpmd")
                        .with_symlink("/proc/88/fd/3", "/dev/infiniband/uverbs0")
                        .with_symlink("/proc/88/fd/4", "/dev/infiniband/uverbs0");
    for (const std::string number : {"0", "1"}) {
        const std::string card =
            held(followed(host.cells, "/sys/class/net/eth" + number + "/device"));
        host.with(card + "/infiniband_verbs/uverbs" + number + "/dev", "231:192");
    }
    Scene scene(std::move(host));
    const Report planned = scene.engine.planned("[nic.eth0]\nring.rx = 128\n");
    INFO(text_of(planned));
    CHECK(has_note(planned,
                   "eth0 is not the kernel's alone: verbs: dpdk-testpmd (process 88); "
                   "disturbed by nic.ring.rx"));
    CHECK_FALSE(has_note(scene.engine.planned("[nic.eth1]\nring.rx = 128\n"), "verbs"));
}

TEST_CASE("nothing of a card is looked for under a device that has none", "[engine][owners]") {
    Scene scene(given::host()
                    .with_nic("eth0", {.kind = "veth"})
                    .with("/sys/class/net/eth0/device/infiniband_verbs/uverbs0/dev", "231:192")
                    .with("/proc/88/comm", "dpdk-testpmd")
                    .with_symlink("/proc/88/fd/3", "/dev/infiniband/uverbs0"));
    CHECK_FALSE(has_note(scene.engine.planned("[nic.eth0]\nmtu = 1400\n"), "verbs"));
}

TEST_CASE("a card that a program drives itself is told by name, by place and by memory",
          "[engine][owners]") {
    const std::string place = "/sys/bus/pci/devices/0000:03:00.1";
    FakeHost host = given::host().with_nic("eth0");
    host.with_symlink("/sys/bus/pci/drivers/vfio-pci/0000:03:00.1", place)
        .with(place + "/class", "0x020000")
        .with_symlink(place + "/iommu_group", "/sys/kernel/iommu_groups/12")
        .with("/dev/vfio/12", "")
        .with("/proc/99/comm", "dpdk-testpmd")
        .with_symlink("/proc/99/fd/7", "/dev/vfio/12");
    const std::string who =
        "0000:03:00.1 is no network device: it is bound to vfio-pci, and dpdk-testpmd (process 99) "
        "has it";
    Scene scene(host);
    for (const std::string profile :
         {"[nic.enp3s0f1]\nring.rx = 128\n",
          "[nic.feed]\nmatch = { pci = \"0000:03:00.1\" }\nring.rx = 128\n"}) {
        const Report report = scene.engine.planned(profile);
        INFO(text_of(report));
        CHECK(report.exit == Exit::refused);
        CHECK(has_problem(report, who));
    }
    CHECK_FALSE(has_problem(scene.engine.planned("[nic.enp4s0f1]\nring.rx = 128\n"), "vfio"));
}

TEST_CASE("a card that the journal knows by its name is found where a program drives it",
          "[engine][owners]") {
    Scene scene(given::host().with_nic("eth0").with_nic("eth1"));
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply("[nic.eth1]\nring.rx = 128\n").exit == Exit::as_wanted);
    const std::string place = held(followed(host.cells, "/sys/class/net/eth1/device"));
    const std::string pci = place.substr(place.rfind('/') + 1);
    remove_nic(host, "eth1");
    host.with_symlink("/sys/bus/pci/drivers/uio_pci_generic/" + pci, place)
        .with("/sys/bus/pci/devices/" + pci + "/class", "0x020000");
    const Report report = engine.planned("[nic.eth1]\nring.rx = 64\n");
    INFO(text_of(report));
    CHECK(has_problem(report, pci + " is no network device: it is bound to uio_pci_generic"));
}
