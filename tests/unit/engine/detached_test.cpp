// A card that its driver resets answers as one that is not there: it comes back as it was set.
#include <linux/ethtool_netlink.h>

#include "support/catch.hpp"
#include "support/device_moves.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

struct CardScene : Scene {
    CardScene() : Scene(given::plain_host().with_nic("eth0")) {
        const Report report = engine.apply("[nic.eth0]\nring.rx = 1024\nmtu = 1400\n");
        INFO(text_of(report));
        REQUIRE(report.exit == Exit::as_wanted);
        detach_nic(host, "eth0");
    }
    static Row ring_of(const Report& report) {
        return row_at(report, "nic.ring.rx", Target::nic("eth0"));
    }
};

}  // namespace

TEST_CASE_METHOD(CardScene, "what a card that is being reset holds is not called gone",
                 "[engine][device]") {
    const Report early = engine.rollback();
    INFO(text_of(early));
    CHECK(early.exit == Exit::not_restored);
    CHECK(ring_of(early).outcome == Outcome::refused);
    CHECK(ring_of(early).message.contains("eth0 is there, and does not answer"));
    attach_nic(host, "eth0");
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE_METHOD(CardScene, "what could not be read at first is restored once it can be",
                 "[engine][device]") {
    host.on_write(link_number_cell("eth0", 4), [](Edit& edit, const Write& /*write*/) {
        edit.erase(link_cell("eth0", "detached"));
    });
    SECTION("where it is as it was left") {
        const Report report = engine.rollback();
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(ring_of(report).outcome == Outcome::changed);
        CHECK(difference(before, host) == no_difference);
    }
    SECTION("and left where somebody else set it") {
        host.cells[ethtool_cell("eth0", ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX)] = "256";
        const Report report = engine.rollback();
        INFO(text_of(report));
        CHECK(ring_of(report).outcome == Outcome::overridden);
        CHECK(engine.status().left.size() == 1);
    }
}

TEST_CASE("what is not to be found while devices cannot be listed is not called gone",
          "[engine][device]") {
    Scene scene(given::plain_host().with_nic("veth0", {.kind = "veth"}));
    REQUIRE(scene.engine.apply("[memory]\nswappiness = 10\n[nic.veth0.queue.0]\nrps.cpus = '1'\n")
                .exit == Exit::as_wanted);
    const FakeHost tuned = scene.host;
    scene.host.on_write(swappiness, [](Edit& edit, const Write& /*write*/) {
        edit.erase_below("/sys/class/net/veth0/");
        edit.erase_below("link:veth0:");
        edit.set("links:busy", "1");
    });
    const Report early = scene.engine.rollback();
    INFO(text_of(early));
    CHECK(early.exit == Exit::differs);
    CHECK(early.state == HostState::degraded);
    scene.host.cells = tuned.cells;
    scene.host.behaviours = tuned.behaviours;
    const Report report = scene.engine.rollback();
    INFO(text_of(report));
    CHECK(scene.host.text("/sys/class/net/veth0/queues/rx-0/rps_cpus") ==
          scene.before.text("/sys/class/net/veth0/queues/rx-0/rps_cpus"));
}
