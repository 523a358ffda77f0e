// Links that a change takes away for a while, and what comes back with them.
#include <cerrno>
#include <filesystem>

#include <linux/ethtool_netlink.h>
#include <linux/if_link.h>

#include <nanotune/discover.hpp>

#include "engine/carriers.hpp"
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/silent_bank.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string carrier = link_cell("eth0", "carrier");
const std::string pause_rx = ethtool_cell("eth0", ETHTOOL_MSG_PAUSE_GET, ETHTOOL_A_PAUSE_RX);
const std::string rings = "ethtool:eth0:" + std::to_string(ETHTOOL_MSG_RINGS_GET) + ":*";
const std::string channels = "ethtool:eth0:" + std::to_string(ETHTOOL_MSG_CHANNELS_GET) + ":*";
const std::string mtu = link_number_cell("eth0", IFLA_MTU);
constexpr unsigned some_looks = 3;

/// As igb and e1000e do: rings, queues and the MTU take the link away for some looks, and when it
/// comes back, receive pause frames are on.
FakeHost host_with_igb() {
    FakeHost host = given::host().with_nic("eth0");
    for (const std::string& pattern : {rings, channels, mtu}) {
        host.lose_carrier_on_write(pattern, "eth0", some_looks);
    }
    return host.on_write(carrier, [](Edit& edit, const Write&) { edit.set(pause_rx, "1/1"); })
        .with(pause_rx, "1/1");
}

/// What the progress line said.
struct Told {
    std::vector<std::string> lines;

    ApplyRequest apply() {
        ApplyRequest request = apply_request();
        request.progress = [this](const Progress& progress) { lines.push_back(progress.doing); };
        return request;
    }
    [[nodiscard]] bool of_a_carrier() const {
        return std::ranges::any_of(lines, [](const std::string& line) {
            return line.contains("waiting for the carrier");
        });
    }
};

/// The host and its state folder as a kill right after the last write of rings leaves them.
struct KilledAtWork {
    KilledAtWork(FakeHost& at_work, const ScratchFolder& used) : host(at_work) {
        at_work.on_write(rings, [this, &used](Edit& edit, const Write&) {
            host.cells = edit.cells();
            std::filesystem::copy(used.path(), folder.path(),
                                  std::filesystem::copy_options::recursive |
                                      std::filesystem::copy_options::overwrite_existing);
        });
    }

    FakeHost host;
    ScratchFolder folder;
};

constexpr Tunable bouncing[] = {
    {.name = "speed", .domain = text(), .impact = Impact::bounces_link, .summary = "For a test."}};

/// Of a setting that takes the link of the device.
Change bouncing_change(const Bank& bank, const std::string& device) {
    return {.desired = {.setting = {.bank = &bank, .tunable = &bouncing[0]},
                        .candidate = Candidate{.target = Target::nic(device), .device = device},
                        .value = {},
                        .origin = {},
                        .group = {},
                        .missing = {}},
            .before = {},
            .known_after = {},
            .note = {}};
}

bool has_note(const Report& report, std::string_view words) {
    return std::ranges::any_of(report.notes,
                               [&](const std::string& note) { return note.contains(words); });
}

}  // namespace

TEST_CASE("what a driver turns on again when its link returns is off after the same apply",
          "[engine][carrier]") {
    Scene scene(host_with_igb());
    auto& [host, before, folder, engine] = scene;
    const auto* const change = GENERATE("ring.rx = 128", "channels.combined = 2", "mtu = 1400");
    Told told;
    const Report applied =
        engine.apply("[nic.eth0]\npause.rx = false\n" + std::string(change) + "\n", told.apply());
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(carrier) == "1");
    CHECK(host.text(pause_rx) == "0/1");
    CHECK(told.of_a_carrier());
    CHECK(engine.verify().exit == Exit::as_wanted);

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("what a driver turns on again although no profile speaks of it is put back",
          "[engine][carrier]") {
    Scene scene(host_with_igb().with(pause_rx, "0/1"));
    auto& [host, before, folder, engine] = scene;
    const auto* const change = GENERATE("ring.rx = 128", "channels.combined = 2", "mtu = 1400");
    const Report applied = engine.apply("[nic.eth0]\n" + std::string(change) + "\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(carrier) == "1");
    CHECK(host.text(pause_rx) == "0/1");

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("an apply that fails while the link is away ends with the link back, and as it was",
          "[engine][carrier]") {
    Scene scene(host_with_igb().with(pause_rx, "0/1").refuse(channels, {.error = EINVAL}));
    auto& [host, before, folder, engine] = scene;
    const Report report =
        engine.apply("[nic.eth0]\nring.rx = 128\nchannels.combined = 2\nmtu = 1400\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("what was killed while the link was away is taken back with the link back, and as it was",
          "[engine][carrier]") {
    const bool is_rollback = GENERATE(false, true);
    Scene scene(host_with_igb().with(pause_rx, "0/1"));
    auto& [host, before, folder, engine] = scene;
    KilledAtWork killed(host, folder);
    REQUIRE(engine.apply("[nic.eth0]\nring.rx = 128\n").exit == Exit::as_wanted);
    if (is_rollback) {
        REQUIRE(engine.rollback().exit == Exit::as_wanted);
    }
    REQUIRE(killed.host.text(carrier) == "0");

    EngineOn next(killed.host, killed.folder.path());
    const Report report = next.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, killed.host) == no_difference);
}

TEST_CASE(
    "a rollback that was killed while the link was away waits for it though the apply had found "
    "none",
    "[engine][carrier]") {
    Scene scene(host_with_igb().with(carrier, "0").with(pause_rx, "0/1"));
    auto& [host, before, folder, engine] = scene;
    KilledAtWork killed(host, folder);
    REQUIRE(engine.apply("[nic.eth0]\nring.rx = 128\n").exit == Exit::as_wanted);
    host.cells[carrier] = "1";  // plugged in since
    host.cells[link_cell("eth0", "away")] = "0";
    REQUIRE(engine.rollback().exit == Exit::as_wanted);
    REQUIRE(killed.host.text(carrier) == "0");

    EngineOn next(killed.host, killed.folder.path());
    const Report report = next.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK_FALSE(has_note(report, "carrier"));
    CHECK(killed.host.text(carrier) == "1");
    CHECK(killed.host.text(pause_rx) == "0/1");
}

TEST_CASE("a killed apply to a device without a carrier is taken back without waiting for one",
          "[engine][carrier]") {
    Scene scene(given::host().with_nic("eth0").with(carrier, "0"));
    auto& [host, before, folder, engine] = scene;
    KilledAtWork killed(host, folder);
    REQUIRE(engine.apply("[nic.eth0]\nring.rx = 128\n").exit == Exit::as_wanted);

    EngineOn next(killed.host, killed.folder.path());
    const Report report = next.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK_FALSE(has_note(report, "carrier"));
    CHECK(difference(before, killed.host) == no_difference);
}

TEST_CASE("a carrier that does not come back is a note, and no failure", "[engine][carrier]") {
    Scene scene(given::host().with_nic("eth0").lose_carrier_on_write(rings, "eth0", 0));
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply("[nic.eth0]\nring.rx = 128\nmtu = 1400\n");
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK(has_note(applied, "eth0 had a carrier before it was changed, and has none since"));

    // Without one before there is nothing to wait for.
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK_FALSE(has_note(report, "carrier"));
    CHECK(host.text(mtu) == before.text(mtu));
}

TEST_CASE("waiting for a carrier leaves an apply the time to end", "[engine][carrier]") {
    Scene scene(given::host().with_nic("eth0").lose_carrier_on_write(rings, "eth0", 0));
    auto& [host, before, folder, engine] = scene;
    ApplyRequest request = apply_request();
    request.timeout = std::chrono::milliseconds(300);
    const Report applied = engine.apply("[nic.eth0]\nring.rx = 128\nmtu = 1400\n", request);
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
}

TEST_CASE("a device that keeps its carrier, or had none, is not waited for", "[engine][carrier]") {
    const bool had_one = GENERATE(true, false);
    Scene scene(given::host().with_nic("eth0").with(carrier, had_one ? "1" : "0"));
    auto& [host, before, folder, engine] = scene;
    Told told;
    const Report applied = engine.apply("[nic.eth0]\nring.rx = 128\nmtu = 1400\n", told.apply());
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK_FALSE(told.of_a_carrier());
    CHECK_FALSE(has_note(applied, "carrier"));
}

TEST_CASE("a carrier that was listed is not asked for again before anything is changed",
          "[engine][carrier]") {
    FakeHost host = given::host().with_nic("eth0").with_nic("eth1").with_nic("eth2");
    host.with(link_cell("eth1", "carrier"), "0");
    FakeSystem system(host);
    CallRunner calls([&system] { return system.another(); });
    Survey survey(calls);
    REQUIRE(survey.candidates(discover::nics));
    int looks = 0;
    system.before_look([&looks] { ++looks; });
    const SilentBank bank(bouncing);
    Carriers carriers(survey, {});
    CHECK(carriers.may_take(bouncing_change(bank, "eth0")));
    CHECK(looks == 0);
    CHECK_FALSE(carriers.may_take(bouncing_change(bank, "eth1")));
    CHECK(looks == 1);
    carriers.expect({});
    CHECK(carriers.may_take(bouncing_change(bank, "eth2")));
    CHECK(looks == 2);
    system.before_look({});
}
