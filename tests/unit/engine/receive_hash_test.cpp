// The receive hash in a profile: spread over queues by their numbers, and kept through what resets
// it.
#include <linux/ethtool_netlink.h>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string table = rss_cell("eth0", "table");
const std::string in_turn = "0 1 2 3 0 1 2 3";

}  // namespace

TEST_CASE(
    "flows are spread over the queues that a profile names, and rollback spreads them as "
    "before",
    "[engine][rss]") {
    Scene scene(given::host().with_nic("eth0"));
    auto& [host, before, folder, engine] = scene;
    REQUIRE(host.text(table) == in_turn);
    const Report applied = engine.apply("[nic.eth0]\nrss.queues = \"1-2\"\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(table) == "1 2 1 2 1 2 1 2");
    CHECK(engine.verify().exit == Exit::as_wanted);
    REQUIRE(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("weights share the flows out unevenly", "[engine][rss]") {
    Scene scene(given::host().with_nic("eth0"));
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply("[nic.eth0]\nrss.weights = [3, 1]\n").exit == Exit::as_wanted);
    CHECK(host.text(table) == "0 0 0 0 0 0 1 1");
    REQUIRE(engine.apply("[nic.eth0]\nrss.queues = \"2-3\"\nrss.weights = [1, 3]\n").exit ==
            Exit::as_wanted);
    CHECK(host.text(table) == "2 2 3 3 3 3 3 3");
    REQUIRE(engine.rollback_all().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("queues that are all of the device's need no change", "[engine][rss]") {
    Scene scene(given::host().with_nic("eth0"));
    auto& [host, before, folder, engine] = scene;
    const Report planned = engine.planned("[nic.eth0]\nrss.queues = \"0-3\"\n");
    INFO(text_of(planned));
    CHECK(planned.exit == Exit::as_wanted);
    CHECK(row_at(planned, "nic.rss.table", Target::nic("eth0")).outcome == Outcome::unchanged);
}

TEST_CASE("a queue that the device has not is an error at its line", "[engine][rss]") {
    Scene scene(given::host().with_nic("eth0"));
    const std::string profile =
        GENERATE(as<std::string>{}, "[nic.eth0]\nrss.queues = \"0-4\"\n",
                 "[nic.eth0]\nrss.queues = []\n", "[nic.eth0]\nrss.weights = [0, 0]\n",
                 "[nic.eth0]\nrss.queues = \"0\"\nrss.weights = [1, 2]\n",
                 "[nic.eth0]\nrss.queues = \"2\"\nchannels.combined = 2\n",
                 "[nic.eth0]\nrss.table = \"0 4 x4\"\n");
    const Report planned = scene.engine.planned(profile);
    INFO(profile << text_of(planned));
    CHECK(planned.exit == Exit::refused);
    REQUIRE_FALSE(planned.problems.empty());
    CHECK(planned.problems.front().message.contains("test.toml:"));
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("fewer queues take the place of those that a table sent to", "[engine][rss]") {
    Scene scene(given::host().with_nic("eth0"));
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply("[nic.eth0]\nrss.queues = \"2-3\"\n").exit == Exit::as_wanted);
    const Report fewer = engine.apply("[nic.eth0]\nchannels.combined = 2\nrss.queues = \"0-1\"\n");
    INFO(text_of(fewer));
    REQUIRE(fewer.exit == Exit::as_wanted);
    CHECK(host.text(table) == "0 1 0 1 0 1 0 1");
    const Report undone = engine.rollback();
    INFO(text_of(undone));
    CHECK(undone.exit == Exit::as_wanted);
    CHECK(host.text(table) == "2 3 2 3 2 3 2 3");
    REQUIRE(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("other counts of queues keep the kernel's own table, and a table of somebody's own",
          "[engine][rss]") {
    const std::string first = GENERATE(as<std::string>{}, "0 1 2 3 0 1 2 3", "0 1 0 1 0 1 0 1");
    Scene scene(given::host().with_nic("eth0").with(table, first));
    auto& [host, before, folder, engine] = scene;
    const unsigned count = GENERATE(2U, 8U);
    const Report applied =
        engine.apply("[nic.eth0]\nchannels.combined = " + std::to_string(count) + "\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    const std::string own = count == 8 ? "0 1 2 3 4 5 6 7" : "0 1 0 1 0 1 0 1";
    CHECK(host.text(table) == (first == in_turn ? own : first));
    REQUIRE(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("blocks of a driver's own stay blocks when the count of queues changes",
          "[engine][rss]") {
    FakeHost with_blocks = given::host().with_nic("eth0").with(table, "0 0 1 1 2 2 3 3");
    with_blocks.on_write(
        ethtool_cell("eth0", ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_A_CHANNELS_COMBINED_COUNT),
        [](Edit& edit, const Write& write) {
            const bool is_two = write.text.starts_with('2');
            edit.set(table, is_two ? "0 0 0 0 1 1 1 1" : "0 0 1 1 2 2 3 3");
        });
    Scene scene(with_blocks);
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply("[nic.eth0]\nchannels.combined = 2\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(table) == "0 0 0 0 1 1 1 1");
    REQUIRE(engine.apply("[nic.eth0]\nchannels.combined = 2\nrss.queues = \"1\"\n").exit ==
            Exit::as_wanted);
    CHECK(host.text(table) == "1 1 1 1 1 1 1 1");
    REQUIRE(engine.rollback_all().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}
