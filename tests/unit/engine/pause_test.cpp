// A worker that holds a NIC's queues pauses while they change, whoever started it, and whatever
// comes between.
#include <algorithm>

#include <linux/ethtool_netlink.h>

#include <nanotune/discover.hpp>

#include "engine/pauses.hpp"
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr std::string_view orders =
    "[datapath.orders]\nlisten = \"192.0.2.1:8080\"\ninterface = \"eth0\"\n"
    "backend = \"af_xdp\"\ncpus = \"1\"\n";
constexpr std::string_view fewer_queues = "[nic.eth0]\nchannels.combined = 2\n";
const Target target{"datapath", "orders"};

std::string channels() {
    return ethtool_cell("eth0", ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_A_CHANNELS_COMBINED_COUNT);
}

bool runs(const Cells& cells) {
    return text_of(cells, worker_cell("orders")).starts_with("runs");
}

/// Its driver changes no queues beside an XDP program.
FakeHost host_with_nic() {
    return given::plain_host()
        .with_nic("eth0", {.queues = 4})
        .check(channels(),
               [](const Cells& cells, const Write& /*write*/) -> std::optional<Refusal> {
                   if (runs(cells)) {
                       return Refusal{.error = 16, .words = "an XDP program is on it"};
                   }
                   return std::nullopt;
               });
}

/// As an apply leaves it that was killed while `orders` paused for an MTU.
void record_cut_off_pause(const std::string& folder, const Candidate& nic) {
    const StateFolder state(folder, {.boot = "test-boot", .network = 1});
    std::vector<std::string> notes;
    auto journal = state.open(notes);
    REQUIRE(journal);
    REQUIRE(journal->append(record::Begin{.id = 1, .kind = "apply", .profile = "given"}));
    REQUIRE(journal->append(record::Intent{.setting = "datapath.listen",
                                           .target = target,
                                           .before = std::string("192.0.2.1:8080"),
                                           .wanted = std::string("192.0.2.1:8080"),
                                           .is_side_effect = true}));
    REQUIRE(journal->append(record::Intent{.setting = "nic.mtu",
                                           .target = nic.target,
                                           .before = std::int64_t{1500},
                                           .wanted = std::int64_t{1400},
                                           .device = nic.identity}));
    REQUIRE(journal->sync());
}

std::vector<std::string> heads(const std::vector<std::string>& writes) {
    std::vector<std::string> heads;
    for (const std::string& write : writes) {
        heads.push_back(write.substr(0, write.find('\n')));
    }
    return heads;
}

}  // namespace

TEST_CASE("whether there are workers is asked once for all changes", "[engine][pause]") {
    Scene scene(host_with_nic());
    const auto profile = scene.engine.resolved(fewer_queues);
    REQUIRE(profile);
    const auto plan = scene.engine.engine().plan(*profile);
    REQUIRE(plan);
    REQUIRE(plan->changes.size() == 1);
    FakeSystem& system = scene.engine.system();
    CallRunner calls([&system] { return system.another(); });
    Survey survey(calls);
    int looks = 0;
    system.before_look([&looks] { ++looks; });
    Pauses pauses(scene.engine.catalog(), survey);
    CHECK(pauses.on(plan->changes.front())->empty());
    CHECK(looks == 1);
    CHECK(pauses.on(plan->changes.front())->empty());
    CHECK(looks == 1);
    CHECK(Pauses(scene.engine.catalog(), survey).on(plan->changes.front())->empty());
    CHECK(looks == 2);
    system.before_look({});
}

TEST_CASE("that nobody could say whether there are workers is no answer for later",
          "[engine][pause]") {
    Scene scene(host_with_nic());
    REQUIRE(scene.engine.apply(orders).exit == Exit::as_wanted);
    const auto profile = scene.engine.resolved(fewer_queues);
    REQUIRE(profile);
    const auto plan = scene.engine.engine().plan(*profile);
    REQUIRE(plan);
    const auto change = std::ranges::find_if(plan->changes, [](const Change& each) {
        return each.desired.setting.full_name() == "nic.channels.combined";
    });
    REQUIRE(change != plan->changes.end());
    CallRunner calls([&scene] { return scene.engine.system().another(); });
    Survey survey(calls);
    Pauses pauses(scene.engine.catalog(), survey);
    REQUIRE(calls.supervised(std::chrono::milliseconds(0),
                             [&] { CHECK(pauses.on(*change)->empty()); }));
    const auto places = pauses.on(*change);
    REQUIRE(places);
    REQUIRE(places->size() == 1);
    CHECK(places->front().target == target);
}

TEST_CASE("a datapath pauses while its queues change, and is as before", "[engine][pause]") {
    Scene scene(host_with_nic());
    REQUIRE(scene.engine.apply(orders).exit == Exit::as_wanted);
    const std::string started = scene.host.text(worker_cell("orders"));
    const std::size_t earlier = scene.engine.system().writes().size();
    const std::string queues = std::string(orders) + std::string(fewer_queues);

    const Report planned = scene.engine.planned(queues);
    INFO(text_of(planned));
    CHECK(text_of(planned).contains(
        "datapath orders pauses for nic.channels.combined on eth0, and takes no packets"));
    const Report applied = scene.engine.apply(queues);
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK(row_at(applied, "datapath.listen", target).outcome == Outcome::unchanged);
    CHECK(scene.host.text(channels()) == "2/4");
    CHECK(scene.host.text(worker_cell("orders")) == started);
    auto writes = heads(scene.engine.system().writes());
    writes.erase(writes.begin(), writes.begin() + static_cast<std::ptrdiff_t>(earlier));
    REQUIRE(writes.size() >= 3);
    CHECK(writes.front() == worker_cell("orders") + "=ended stopped");
    CHECK(writes[1] == channels() + "=2/4");
    CHECK(writes.back() == worker_cell("orders") + "=runs");
    CHECK(scene.engine.verify().exit == Exit::as_wanted);

    SECTION("after rollback, too") {
        const Report back = scene.engine.rollback();
        INFO(text_of(back));
        CHECK(back.exit == Exit::as_wanted);
        CHECK(scene.host.text(channels()) == "4/4");
        CHECK(scene.host.text(worker_cell("orders")) == started);
    }
    SECTION("and rollback of everything leaves none") {
        CHECK(scene.engine.rollback_all().exit == Exit::as_wanted);
        CHECK(difference(scene.before, scene.host) == no_difference);
    }
}

TEST_CASE("a datapath that is switched off while it pauses stays off", "[engine][pause]") {
    const std::string enabled = std::string(orders) + "enabled = true\n";
    Scene scene(host_with_nic());
    REQUIRE(scene.engine.apply(enabled).exit == Exit::as_wanted);
    scene.host.on_write(channels(), [](Edit& edit, const Write& /*write*/) {
        std::string text = text_of(edit.cells(), worker_cell("orders"));
        const std::string_view on = "\nenabled 1";
        if (const auto at = text.find(on); at != text.npos) {
            edit.set(worker_cell("orders"), text.replace(at, on.size(), "\nenabled 0"));
        }
    });
    const std::size_t earlier = scene.engine.system().writes().size();
    const Report applied = scene.engine.apply(enabled + std::string(fewer_queues));
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK(row_at(applied, "datapath.enabled", target).message ==
          "it was switched, or ended, meanwhile");
    CHECK(runs(scene.host.cells));
    CHECK(scene.host.text(worker_cell("orders")).contains("\nenabled 0"));
    const auto writes = scene.engine.system().writes();
    CHECK(std::ranges::none_of(writes.begin() + static_cast<std::ptrdiff_t>(earlier), writes.end(),
                               [](const std::string& write) {
                                   return write.contains("runs") && write.contains("\nenabled 1");
                               }));
    const Report verified = scene.engine.verify();
    CHECK(verified.exit == Exit::differs);
    CHECK(row_at(verified, "datapath.enabled", target).outcome == Outcome::differs);
}

TEST_CASE("a datapath of nobody's profile pauses as well, and goes on", "[engine][pause]") {
    const std::string text =
        "runs\nbackend af_xdp\ncpus 1\nenabled 1\ninterface eth0\nlisten 192.0.2.1:8080";
    Scene scene(host_with_nic().with(worker_cell("orders"), text));
    const Report applied = scene.engine.apply(fewer_queues);
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK(scene.host.text(channels()) == "2/4");
    CHECK(runs(scene.host.cells));
    CHECK(scene.host.text(worker_cell("orders")).contains("\nenabled 1"));
    const Report back = scene.engine.rollback();
    INFO(text_of(back));
    CHECK(back.exit == Exit::as_wanted);
    CHECK(scene.host.text(channels()) == "4/4");
    CHECK(runs(scene.host.cells));
}

TEST_CASE("a datapath that was started after the change pauses for its rollback",
          "[engine][pause]") {
    Scene scene(host_with_nic());
    REQUIRE(scene.engine.apply(fewer_queues).exit == Exit::as_wanted);
    scene.host.with(worker_cell("orders"),
                    "runs\nbackend af_xdp\ncpus 1\ninterface eth0\nlisten 192.0.2.1:8080");
    const Report back = scene.engine.rollback();
    INFO(text_of(back));
    CHECK(back.exit == Exit::as_wanted);
    CHECK(scene.host.text(channels()) == "4/4");
    CHECK(runs(scene.host.cells));
}

TEST_CASE("a change that the driver refuses leaves the datapath running", "[engine][pause]") {
    Scene scene(host_with_nic());
    REQUIRE(scene.engine.apply(orders).exit == Exit::as_wanted);
    const FakeHost running = scene.host;
    scene.host.refuse(channels(), {.error = 22, .words = "no"});
    const Report refused = scene.engine.apply(std::string(orders) + std::string(fewer_queues));
    INFO(text_of(refused));
    CHECK(refused.exit == Exit::rolled_back);
    CHECK(difference(running, scene.host) == no_difference);
}

TEST_CASE("a datapath that does not start again has its change taken back", "[engine][pause]") {
    Scene scene(host_with_nic());
    scene.host.with(worker_cell("orders"),
                    "runs\nbackend af_xdp\ncpus 1\ninterface eth0\nlisten 192.0.2.1:8080");
    scene.host.check(
        worker_cell("orders"),
        [](const Cells& cells, const Write& write) -> std::optional<Refusal> {
            if (write.text.starts_with("runs") && text_of(cells, channels()) == "2/4") {
                return Refusal{.error = 22, .words = "queue 3 is served by nobody"};
            }
            return std::nullopt;
        });
    const Report report = scene.engine.apply(fewer_queues);
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(text_of(report).contains("queue 3 is served by nobody"));
    CHECK(scene.host.text(channels()) == "4/4");
    CHECK(runs(scene.host.cells));
}

TEST_CASE("a datapath on the kernel's sockets does not pause", "[engine][pause]") {
    Scene scene(given::plain_host().with_nic("eth0", {.queues = 4}));
    const std::string text = "runs\nbackend udp\ninterface eth0\nlisten 192.0.2.1:8080";
    scene.host.with(worker_cell("orders"), text);
    const Report applied = scene.engine.apply(fewer_queues);
    CHECK(applied.exit == Exit::as_wanted);
    CHECK_FALSE(text_of(applied).contains("pauses"));
    CHECK(scene.host.text(worker_cell("orders")) == text);
    for (const std::string& write : scene.engine.system().writes()) {
        CHECK_FALSE(write.starts_with(worker_cell("orders")));
    }
}

TEST_CASE("an MTU is held against the XDP program of a datapath that goes on just before",
          "[engine][pause]") {
    const std::string text = "cpus 1\nenabled 1\ninterface eth0\nlisten 192.0.2.1:8080";
    FakeHost host = given::plain_host()
                        .with_nic("eth0")
                        .with(worker_cell("orders"), "ended to pause\nbackend af_xdp\n" + text)
                        .with(link_cell("eth0", "xdp_features"), "3");
    host.on_write(worker_cell("orders"), [](Edit& edit, const Write& /*write*/) {
        edit.set(link_cell("eth0", "xdp:native"), "12");
    });
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    record_cut_off_pause(folder.path(), discover::nics(engine.system()).value().front());
    const Report applied = engine.apply("[nic.eth0]\nmtu = 9000\n");
    INFO(text_of(applied));
    CHECK(runs(host.cells));
    CHECK(applied.exit == Exit::refused);
    CHECK(text_of(applied).contains("XDP program 12 is on it"));
}
