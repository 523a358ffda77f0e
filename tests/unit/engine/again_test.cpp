// The profile that is applied once more, by itself: for what has come since, and nothing else.
#include "support/catch.hpp"
#include "support/device_moves.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr auto profile = "[memory]\nswappiness = 10\n[nic.\"eth*\"]\nnapi.threaded = true\n";

std::string threaded(const std::string& device) {
    return "/sys/class/net/" + device + "/threaded";
}

struct AgainScene : Scene {
    AgainScene() : Scene(given::plain_host().with_nic("eth0")) {
        REQUIRE(engine.apply(profile).exit == Exit::as_wanted);
    }
    Report again() {
        ApplyRequest request = apply_request();
        request.is_again = true;
        return engine.apply(profile, request);
    }
};

}  // namespace

TEST_CASE_METHOD(AgainScene, "where nothing has come nothing is done", "[engine][again]") {
    const Report report = again();
    INFO(text_of(report));
    CHECK_FALSE(report.changed);
    CHECK(engine.status().applies == 1);
}

TEST_CASE_METHOD(AgainScene, "a device that has come gets its own, and what others changed stays",
                 "[engine][again]") {
    host.with_nic("eth1");
    host.cells[swappiness] = "33";
    const std::string was = host.cells.at(threaded("eth1"));
    const Report report = again();
    INFO(text_of(report));
    CHECK(report.changed);
    CHECK(host.cells.at(threaded("eth1")) == "1");
    CHECK(host.cells.at(swappiness) == "33");
    const Report verified = engine.verify();
    CHECK(row_at(verified, "memory.swappiness", Target::host()).outcome == Outcome::differs);
    CHECK(row_at(verified, "nic.napi.threaded", Target::nic("eth1")).outcome == Outcome::unchanged);

    // One rollback undoes both, but for what is somebody else's.
    CHECK(engine.status().applies == 1);
    engine.rollback();
    CHECK(host.cells.at(threaded("eth1")) == was);
    CHECK(host.cells.at(threaded("eth0")) == before.cells.at(threaded("eth0")));
    CHECK(host.cells.at(swappiness) == "33");
    CHECK(engine.status().profile.empty());
}

TEST_CASE_METHOD(AgainScene, "a device that its table no longer finds keeps what it has",
                 "[engine][again]") {
    rename_nic(host, "eth0", "up0");
    host.with_nic("eth1");
    const Report report = again();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(host.cells.at(threaded("up0")) == "1");
    CHECK(host.cells.at(threaded("eth1")) == "1");
    CHECK(row_at(engine.verify(), "nic.napi.threaded", Target::nic("up0")).outcome ==
          Outcome::unchanged);
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(host.cells.at(threaded("up0")) == "0");
    CHECK(host.cells.at(threaded("eth1")) == "0");
}

TEST_CASE("a program that renames itself keeps what it has while something else comes",
          "[engine][again]") {
    constexpr auto both =
        "[process.feed]\nmatch = { comm = \"feed\" }\nlimit.nofile = 65536\n"
        "[nic.\"eth*\"]\nnapi.threaded = true\n";
    Scene scene(given::plain_host().with_nic("eth0").with_process("feed", {.pid = 300}));
    REQUIRE(scene.engine.apply(both).exit == Exit::as_wanted);
    const std::string limits = scene.host.text("/proc/300/limits");
    std::string& stat = scene.host.cells.at("/proc/300/stat");
    stat.replace(stat.find("(feed)"), 6, "(main)");
    scene.host.with_nic("eth1");
    ApplyRequest request = apply_request();
    request.is_again = true;
    const Report report = scene.engine.apply(both, request);
    INFO(text_of(report));
    CHECK(scene.host.cells.at(threaded("eth1")) == "1");
    CHECK(scene.host.text("/proc/300/limits") == limits);
    CHECK(scene.engine.rollback().exit == Exit::as_wanted);
    CHECK(scene.host.text("/proc/300/limits") == scene.before.text("/proc/300/limits"));
}

TEST_CASE_METHOD(AgainScene, "however often it is applied again, one rollback undoes all of it",
                 "[engine][again]") {
    for (const char* name : {"eth1", "eth2", "eth3"}) {
        host.with_nic(name);
        REQUIRE(again().changed);
    }
    CHECK(engine.status().applies == 1);
    CHECK(engine.rollback().exit == Exit::as_wanted);
    for (const char* name : {"eth0", "eth1", "eth2", "eth3"}) {
        CHECK(host.cells.at(threaded(name)) == "0");
    }
    CHECK(engine.status().state == HostState::clean);
}
