// Steering that goes with its queue, and comes back with it.
#include <algorithm>

#include "support/catch.hpp"
#include "support/device_moves.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE("a planned rollback calls nothing gone that comes back with its queue",
          "[engine][side-effect]") {
    Scene scene(given::host().with_nic("eth0", {.queues = 4}));
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply("[nic.eth0]\nchannels.combined = 2\n").exit == Exit::as_wanted);

    const Report planned = engine.engine().rollback_plan({});
    INFO(text_of(planned));
    CHECK(std::ranges::none_of(planned.rows,
                               [](const Row& row) { return row.outcome == Outcome::gone; }));
    CHECK(row_at(planned, "nic.channels.combined", Target::nic("eth0")).outcome ==
          Outcome::not_done);
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("steering of one profile and channels of the next are both returned",
          "[engine][side-effect]") {
    Scene scene(given::host().with_nic("eth0"));
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply("[nic.eth0]\nrps.cpus = \"1\"\n[irq.eth0]\ncpus = \"2\"\n").exit ==
            Exit::as_wanted);
    const FakeHost steered = host;
    const Report second = engine.apply("[nic.eth0]\nchannels.combined = 2\n");
    INFO(text_of(second));
    REQUIRE(second.exit == Exit::as_wanted);
    CHECK(host.text("/sys/class/net/eth0/queues/rx-0/rps_cpus") == "0");

    const Report one = engine.rollback();
    INFO(text_of(one));
    CHECK(one.exit == Exit::as_wanted);
    CHECK(difference(steered, host) == no_difference);
    CHECK(engine.verify().exit == Exit::as_wanted);
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("steering that went with a queue comes back when the next profile brings the queue back",
          "[engine][side-effect]") {
    for (const std::string next :
         {"[sysctl]\n\"vm.swappiness\" = 10\n", "[nic.eth0]\nchannels.combined = 4\n",
          "[nic.eth0]\nrps.cpus = \"2\"\n"}) {
        Scene scene(
            given::host().with_nic("eth0", {.queues = 4}).with_sysctl("vm.swappiness", "60"));
        auto& [host, before, folder, engine] = scene;
        const std::string steering = "/sys/class/net/eth0/queues/rx-3/rps_cpus";
        host.cells[steering] = "2";
        host.cells["/sys/class/net/eth0/queues/tx-3/xps_cpus"] = "4";
        const FakeHost steered = host;
        INFO(next);
        REQUIRE(engine.apply("[nic.eth0]\nchannels.combined = 2\n").exit == Exit::as_wanted);
        REQUIRE_FALSE(host.cells.contains(steering));

        const Report second = engine.apply(next);
        INFO(text_of(second));
        REQUIRE(second.exit == Exit::as_wanted);
        CHECK(host.text(steering) == (next.contains("rps.cpus") ? "4" : "2"));
        CHECK(host.text("/sys/class/net/eth0/queues/tx-3/xps_cpus") == "4");

        const Report report = engine.rollback_all();
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(difference(steered, host) == no_difference);
    }
}

TEST_CASE("steering that a queue is born with goes back to what the queue had, wanted or not",
          "[engine][side-effect]") {
    const std::string mask = "[sysctl]\n\"net.core.rps_default_mask\" = \"4\"\n";
    const std::string fewer = "[nic.eth0]\nchannels.combined = 2\n";
    const std::string nothing = "[sysctl]\n\"vm.swappiness\" = 10\n";
    const std::string steered = "[nic.eth0]\nrps.cpus = \"2\"\n";
    const auto second =
        GENERATE_COPY(as<std::string>{}, nothing, steered, mask, mask + steered, mask + fewer);
    const auto third = GENERATE_COPY(as<std::string>{}, nothing, steered, mask, mask + steered);
    Scene scene(given::host()
                    .with_nic("eth0", {.queues = 4})
                    .with_sysctl("vm.swappiness", "60")
                    .with_sysctl("net.core.rps_default_mask", "0"));
    auto& [host, before, folder, engine] = scene;
    INFO(second << "then\n" << third);
    REQUIRE(engine.apply(mask + fewer).exit == Exit::as_wanted);
    REQUIRE(engine.apply(second).exit == Exit::as_wanted);
    const Report last = engine.apply(third);
    INFO(text_of(last));
    REQUIRE(last.exit == Exit::as_wanted);
    CHECK(host.text("/sys/class/net/eth0/queues/rx-3/rps_cpus") ==
          (third.contains("rps.cpus") ? "4" : "0"));

    const Report report = engine.rollback_all();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("steering of a queue whose device is away for a rollback comes back with the device",
          "[engine][side-effect]") {
    Scene scene(given::plain_host().with_nic("eth0", {.queues = 4}));
    auto& [host, before, folder, engine] = scene;
    host.cells["/sys/class/net/eth0/queues/rx-3/rps_cpus"] = "2";
    host.cells["/sys/class/net/eth0/queues/tx-3/xps_cpus"] = "4";
    const FakeHost steered = host;
    REQUIRE(engine.apply("[nic.eth0]\nchannels.combined = 2\n").exit == Exit::as_wanted);
    move_nic_away(host, "eth0");
    const Report away = engine.rollback();
    INFO(text_of(away));
    CHECK(away.exit == Exit::differs);
    CHECK(away.state == HostState::degraded);

    move_nic_back(host, "eth0");
    const Report back = engine.rollback();
    INFO(text_of(back));
    CHECK(back.exit == Exit::as_wanted);
    CHECK(back.state == HostState::clean);
    CHECK(difference(steered, host) == no_difference);
}

TEST_CASE("steering of a queue whose channels somebody else changed comes back by force",
          "[engine][side-effect]") {
    Scene scene(given::plain_host().with_nic("eth0", {.queues = 4}));
    auto& [host, before, folder, engine] = scene;
    host.cells["/sys/class/net/eth0/queues/rx-3/rps_cpus"] = "2";
    const FakeHost steered = host;
    REQUIRE(engine.apply("[nic.eth0]\nchannels.combined = 2\n").exit == Exit::as_wanted);
    EngineOn other(host, folder.path() + "/other");
    REQUIRE(other.apply("[nic.eth0]\nchannels.combined = 3\n").exit == Exit::as_wanted);
    const Report left = engine.rollback();
    INFO(text_of(left));
    CHECK(row_at(left, "nic.channels.combined", Target::nic("eth0")).outcome ==
          Outcome::overridden);

    RollbackRequest request = rollback_request();
    request.force = true;
    const Report forced = engine.rollback(request);
    INFO(text_of(forced));
    CHECK(forced.exit == Exit::as_wanted);
    CHECK(difference(steered, host) == no_difference);
}

TEST_CASE("channels that disappear while their steering is wanted are a misfit, not a crash",
          "[engine][side-effect]") {
    Scene scene(given::host().with_nic("eth0"));
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply("[nic.eth0]\nchannels.combined = 2\nrps.cpus = \"1\"\n").exit ==
            Exit::as_wanted);
    const FakeHost two = host;
    const Report more = engine.apply("[nic.eth0]\nchannels.combined = 4\nrps.cpus = \"3\"\n");
    INFO(text_of(more));
    REQUIRE(more.exit == Exit::as_wanted);
    CHECK(host.text("/sys/class/net/eth0/queues/rx-3/rps_cpus") == "8");

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(two, host) == no_difference);
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}
