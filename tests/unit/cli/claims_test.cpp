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
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;

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
constexpr Tunable nic[] = {{.name = "mtu", .domain = integer(68, 65535), .summary = "MTU."}};

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
