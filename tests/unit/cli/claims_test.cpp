// Who else sets what a profile wants.
#include "cli/direct/claims.hpp"

#include <filesystem>
#include <fstream>

#include "cli/direct/sysctl_files.hpp"
#include "support/catch.hpp"
#include "support/scratch_folder.hpp"
#include "support/silent_bank.hpp"

using namespace nanotune;
using namespace nanotune::cli;
using namespace nanotune::test;
using Catch::Matchers::EndsWith;
using nanotune::test::Contains;

namespace {

constexpr Tunable sysctls[] = {
    {.name = "net.ipv4.tcp_sack", .domain = integer(0, 1), .summary = "SACK."},
    {.name = "net.core.rmem_max",
     .domain = integer(2048, 1 << 30, Unit::bytes),
     .summary = "Buffer."}};
constexpr Tunable memory[] = {{.name = "swappiness",
                               .domain = integer(0, 200),
                               .summary = "Swapping.",
                               .alias = "sysctl.vm.swappiness"}};
constexpr Tunable nic[] = {
    {.name = "mtu", .domain = integer(68, 65535), .summary = "MTU."},
    {.name = "ring.rx", .domain = integer(1, 1 << 20), .summary = "Ring."},
    {.name = "coalesce.adaptive_rx", .domain = flag(), .summary = "Adaptive."},
    {.name = "coalesce.rx_usecs", .domain = integer(0, 1 << 20), .summary = "Delay."},
    {.name = "features.rx-gro", .domain = flag(), .summary = "GRO.", .alias = "features.gro"},
    {.name = "features.tx-tcp-segmentation",
     .domain = flag(),
     .summary = "TSO.",
     .alias = "features.tso"},
    {.name = "txqueuelen", .domain = integer(0, 1 << 20), .summary = "Queue."}};

Plugin plugin_called(const std::string& name, std::span<const Tunable> rows) {
    Plugin plugin;
    plugin.name = name;
    plugin.selector = name == "nic" ? Selector::device : Selector::none;
    plugin.banks.push_back(std::make_unique<SilentBank>(rows));
    return plugin;
}

Row row(std::string setting, std::string wanted) {
    return {.setting = std::move(setting),
            .target = Target::host(),
            .before = {},
            .wanted = std::move(wanted),
            .got = {},
            .origin = {},
            .message = {}};
}

Row nic_row(std::string setting, const std::string& device, std::string wanted) {
    Row one = row(std::move(setting), std::move(wanted));
    one.target = Target::nic(device);
    return one;
}

struct ClaimsScene {
    ScratchFolder folder;
    Catalog catalog;
    const std::vector<Row> rows = {row("sysctl.net.ipv4.tcp_sack", "0"),
                                   row("sysctl.net.core.rmem_max", "8MiB"),
                                   row("memory.swappiness", "10"), row("nic.mtu", "9000")};

    ClaimsScene() {
        REQUIRE(catalog.add(plugin_called("sysctl", sysctls)));
        REQUIRE(catalog.add(plugin_called("memory", memory)));
        REQUIRE(catalog.add(plugin_called("nic", nic)));
    }
    void put(const std::string& file, const std::string& text) const {
        const std::filesystem::path path = folder.path() + file;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }
    [[nodiscard]] std::vector<std::string> claims() const {
        return claims_on(rows, catalog, folder.path());
    }
};

/// As `nmcli --offline connection add type ethernet ...` of NetworkManager 1.42 writes it.
constexpr auto feed_connection = R"([connection]
id=feed
uuid=dce34ba7-cdb2-456b-8246-3a6c285da529
type=ethernet
interface-name=eth0

[ethernet]
mtu=9000

[ethtool]
coalesce-adaptive-rx=0
coalesce-rx-frames=1
coalesce-rx-usecs=0
feature-gro=false
feature-tso=true
pause-autoneg=false
pause-rx=false
ring-rx=4096

[ipv4]
method=auto

[ipv6]
addr-gen-mode=default
method=auto

[proxy]
)";

struct NetworkScene : ClaimsScene {
    std::vector<Row> wanted = {nic_row("nic.mtu", "eth0", "1500"),
                               nic_row("nic.ring.rx", "eth0", "512"),
                               nic_row("nic.coalesce.adaptive_rx", "eth0", "false"),
                               nic_row("nic.coalesce.rx_usecs", "eth0", "50"),
                               nic_row("nic.features.rx-gro", "eth0", "false"),
                               nic_row("nic.features.tx-tcp-segmentation", "eth0", "false"),
                               nic_row("nic.txqueuelen", "eth0", "1000")};
    [[nodiscard]] std::vector<std::string> claims() const {
        return claims_on(wanted, catalog, folder.path());
    }
};

}  // namespace

TEST_CASE_METHOD(ClaimsScene, "where nobody else says anything there is no claim",
                 "[cli][claims]") {
    CHECK(claims().empty());
}

TEST_CASE_METHOD(ClaimsScene,
                 "a line of sysctl.d that wants another value is named, whatever it "
                 "is called here",
                 "[cli][claims]") {
    put("/etc/sysctl.d/60-site.conf",
        "# site\nnet.ipv4.tcp_sack = 1\nnet/core/rmem_max=8388608\n-vm.swappiness=60\nkernel.x = "
        "1\n");
    const auto said = claims();
    REQUIRE(said.size() == 2);  // rmem_max is as wanted, however it is written
    CHECK_THAT(said[0], EndsWith("/etc/sysctl.d/60-site.conf:2 sets sysctl.net.ipv4.tcp_sack to "
                                 "another value, at boot and by sysctl --system"));
    CHECK_THAT(said[1], Contains("60-site.conf:4 sets memory.swappiness to another value"));
}

TEST_CASE_METHOD(ClaimsScene, "of several lines the one counts that sysctl --system leaves",
                 "[cli][claims]") {
    put("/usr/lib/sysctl.d/50-a.conf", "net.ipv4.tcp_sack = 1\n");
    put("/etc/sysctl.d/50-a.conf", "");  // hides it
    CHECK(claims().empty());
    put("/etc/sysctl.d/70-b.conf", "vm.swappiness = 60\n");
    put("/etc/sysctl.d/80-c.conf", "vm.swappiness = 10\n");
    CHECK(claims().empty());
    put("/etc/sysctl.conf", "vm.swappiness = 30\n");
    REQUIRE(claims().size() == 1);
    CHECK_THAT(claims().front(),
               Contains("/etc/sysctl.conf:1 sets memory.swappiness to another value"));
}

TEST_CASE_METHOD(ClaimsScene, "a glob of sysctl.d is of all keys that it fits", "[cli][claims]") {
    put("/run/sysctl.d/x.conf", "net.ipv4.tcp_* = 1\n");
    REQUIRE(claims().size() == 1);
    CHECK_THAT(claims().front(),
               Contains("x.conf:1 sets sysctl.net.ipv4.tcp_sack to another value"));
}

TEST_CASE_METHOD(ClaimsScene, "TuneD that runs, and links that udev sets up, are named",
                 "[cli][claims]") {
    put("/etc/tuned/active_profile", "network-latency\n");
    CHECK(claims().empty());
    put("/run/tuned/tuned.pid", "812\n");
    put("/etc/systemd/network/10-feed.link", "[Match]\nDriver=igb\n[Link]\nMTUBytes=1500\n");
    const auto said = claims();
    REQUIRE(said.size() == 2);
    CHECK_THAT(said[0], Contains("10-feed.link has MTUBytes=1500 for the devices that it matches"));
    CHECK_THAT(said[1], Contains("TuneD runs with network-latency"));
}

TEST_CASE_METHOD(NetworkScene,
                 "what NetworkManager sets otherwise is named with its file and line, by ethtool's "
                 "names too, and nothing that it sets alike",
                 "[cli][claims]") {
    put("/etc/NetworkManager/system-connections/feed.nmconnection", feed_connection);
    const auto said = claims();
    REQUIRE(said.size() == 4);
    CHECK_THAT(said[0], EndsWith("/etc/NetworkManager/system-connections/feed.nmconnection:8 sets "
                                 "nic.mtu on eth0 to another value, when NetworkManager activates "
                                 "it"));
    CHECK_THAT(said[1], Contains(":13 sets nic.coalesce.rx_usecs on eth0"));
    CHECK_THAT(said[2], Contains(":15 sets nic.features.tx-tcp-segmentation on eth0"));
    CHECK_THAT(said[3], Contains(":18 sets nic.ring.rx on eth0"));
}

TEST_CASE_METHOD(NetworkScene,
                 "a connection of another device claims nothing, and one that names none may be "
                 "any's",
                 "[cli][claims]") {
    const std::string of_another =
        "[connection]\nuuid=1\ninterface-name=eth7\n[ethernet]\nmtu=9000\n";
    put("/etc/NetworkManager/system-connections/other.nmconnection", of_another);
    CHECK(claims().empty());
    put("/run/NetworkManager/system-connections/any.nmconnection",
        "[connection]\nuuid=2\n[802-3-ethernet]\nmtu=9000\n[link]\ntx-queue-length=2000\n");
    const auto said = claims();
    REQUIRE(said.size() == 2);
    CHECK_THAT(said[0], EndsWith(":4 sets nic.mtu on eth0 to another value, when NetworkManager "
                                 "activates it, where it matches"));
    CHECK_THAT(said[1], Contains("nic.txqueuelen on eth0"));
}

TEST_CASE_METHOD(
    NetworkScene,
    "of two connections of one UUID the first folder's counts, and what is left to the "
    "driver is no claim",
    "[cli][claims]") {
    put("/etc/NetworkManager/system-connections/a.nmconnection",
        "[connection]\nuuid=3\ninterface-name=eth0\n[ethernet]\nmtu=0\n");
    put("/run/NetworkManager/system-connections/a.nmconnection",
        "[connection]\nuuid=3\ninterface-name=eth0\n[ethernet]\nmtu=9000\n");
    CHECK(claims().empty());
}

TEST_CASE_METHOD(NetworkScene, "an MTU that systemd-networkd sets is named, drop-ins included",
                 "[cli][claims]") {
    // The example of systemd.network(5), with an MTU.
    put("/etc/systemd/network/50-static.network",
        "[Match]\nName=enp2s0 eth*\n\n[Link]\nMTUBytes=9000\n\n[Network]\n"
        "Address=192.168.0.15/24\nGateway=192.168.0.1\n");
    put("/usr/lib/systemd/network/50-static.network",
        "[Match]\nName=eth0\n[Link]\nMTUBytes=1400\n");
    put("/run/systemd/network/50-static.network.d/dhcp.conf", "[DHCPv4]\nUseMTU=yes\n");
    const auto said = claims();
    REQUIRE(said.size() == 2);
    CHECK_THAT(said[0], EndsWith("/etc/systemd/network/50-static.network:5 sets nic.mtu on eth0 to "
                                 "another value, when systemd-networkd sets the device up"));
    CHECK_THAT(said[1], Contains("dhcp.conf:2 sets nic.mtu on eth0 to what DHCP says"));
}
