// What was asked for and what is in force may differ: without scatter-gather the stack cuts no
// packets, whatever is wanted of it. Both are to be as they were.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string gather = feature_cell("eth0", "tx-scatter-gather");
const std::string cut = feature_cell("eth0", "tx-tcp-segmentation");

constexpr auto cuts_nothing = "[nic.eth0]\nfeatures.tx-tcp-segmentation = false\n";
constexpr auto gathers_and_cuts_nothing =
    "[nic.eth0]\nfeatures.tx-scatter-gather = true\nfeatures.tx-tcp-segmentation = false\n";

/// Somebody turned scatter-gather off; cutting is wanted, and off with it.
FakeHost host_without_gathering() {
    FakeHost host = given::host().with_nic("eth0");
    host.cells[gather] = "off off";
    for (const std::string name :
         {"tx-tcp-segmentation", "tx-tcp-mangleid-segmentation", "tx-tcp6-segmentation",
          "tx-tcp-ecn-segmentation", "tx-generic-segmentation"}) {
        std::string& cell = host.cells[feature_cell("eth0", name)];
        cell = cell.starts_with("on") ? "on off" : "off off";
    }
    return host;
}

}  // namespace

TEST_CASE("a feature that another one keeps off is wanted again after rollback",
          "[engine][feature]") {
    Scene scene(host_without_gathering());
    auto& [host, before, folder, engine] = scene;
    REQUIRE(host.text(cut) == "on off");
    const Report applied = engine.apply(gathers_and_cuts_nothing);
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(gather) == "on on");
    CHECK(host.text(cut) == "off off");

    const Report undone = engine.rollback();
    INFO(text_of(undone));
    CHECK(undone.exit == Exit::as_wanted);
    CHECK(undone.state == HostState::clean);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("a feature that an earlier apply keeps off has its baseline in what was wanted of it",
          "[engine][feature]") {
    Scene scene(given::host().with_nic("eth0"));
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply("[nic.eth0]\nfeatures.tx-scatter-gather = false\n").exit ==
            Exit::as_wanted);
    REQUIRE(host.text(cut) == "on off");
    const FakeHost first = host;
    REQUIRE(engine.apply(cuts_nothing).exit == Exit::as_wanted);
    REQUIRE(host.text(gather) == "on on");
    REQUIRE(host.text(cut) == "off off");
    SECTION("one apply back") {
        const Report one = engine.rollback();
        INFO(text_of(one));
        CHECK(one.exit == Exit::as_wanted);
        CHECK(difference(first, host) == no_difference);
    }
    SECTION("all the way back") {
        const Report all = engine.rollback_all();
        INFO(text_of(all));
        CHECK(all.exit == Exit::as_wanted);
        CHECK(difference(before, host) == no_difference);
    }
    SECTION("another profile that says nothing of it") {
        const Report other = engine.apply("[nic.eth0]\nmtu = 1400\n");
        INFO(text_of(other));
        CHECK(other.exit == Exit::as_wanted);
        CHECK(host.text(cut) == "on on");
    }
}

TEST_CASE("what a profile no longer names is asked for as before, though it is not in force",
          "[engine][feature]") {
    Scene scene(host_without_gathering());
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply(gathers_and_cuts_nothing).exit == Exit::as_wanted);
    const Report other = engine.apply("[nic.eth0]\nmtu = 1400\n");
    INFO(text_of(other));
    CHECK(other.exit == Exit::as_wanted);
    CHECK(host.text(gather) == "off off");
    CHECK(host.text(cut) == "on off");
}

TEST_CASE("a feature that could not be turned on is not wanted on afterwards",
          "[engine][feature]") {
    const std::string hashing = feature_cell("eth0", "rx-hashing");
    const Effect never = [hashing](Edit& edit, const Write& write) {
        edit.set(hashing, write.text.starts_with("on") ? "on off" : "off off");
    };
    Scene scene(given::host().with_nic("eth0").with(hashing, "off off").on_write(hashing, never));
    auto& [host, before, folder, engine] = scene;
    const Report failed = engine.apply("[nic.eth0]\nfeatures.rx-hashing = true\n");
    INFO(text_of(failed));
    CHECK(failed.exit == Exit::rolled_back);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("a feature that goes back, and is kept off by another one, keeps nothing else from it",
          "[engine][feature]") {
    Scene scene(given::host().with_nic("eth0"));
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply(cuts_nothing).exit == Exit::as_wanted);
    const Report second =
        engine.apply("[nic.eth0]\nfeatures.tx-scatter-gather = false\nnapi.defer_hard_irqs = 2\n");
    INFO(text_of(second));
    REQUIRE(second.exit == Exit::as_wanted);
    CHECK(host.text(gather) == "off off");
    CHECK(host.text(cut) == "on off");
    CHECK(host.text("/sys/class/net/eth0/napi_defer_hard_irqs") == "2");

    CHECK(engine.rollback_all().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}
