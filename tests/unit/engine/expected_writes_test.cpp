// What a verb holds, and until when: the kernel's files, open for writing, and its own memory.
#include <memory>

#include "engine/call_runner.hpp"
#include "model/observation.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "veth_scene.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

/// Whether writes are expected at any of the looks at the host from now on, or at all of them.
struct Looks {
    explicit Looks(Scene& scene) {
        scene.engine.system().before_look([this, &system = scene.engine.system()] {
            (system.are_writes_expected() ? with : without) += 1;
        });
    }
    int with = 0;
    int without = 0;
};

}  // namespace

TEST_CASE_METHOD(VethScene, "writes are expected by the verbs that write alone, until they end",
                 "[engine]") {
    Looks looks(*this);
    SECTION("an apply and a rollback") {
        tune();
        CHECK_FALSE(engine.system().are_writes_expected());
        CHECK(engine.rollback_all().exit == Exit::as_wanted);
        CHECK(looks.with > 0);
        CHECK(looks.without == 0);
    }
    SECTION("a repair, and what comes after it in the same process") {
        tune();
        host.cells[filter + "veth0/rp_filter"] = "0";
        const HeldPlace place{"sysctl.net.ipv4.conf.veth0.rp_filter", Target::host()};
        CHECK(engine.engine().repair({.places = {place}}).exit == Exit::as_wanted);
        CHECK(filter_of(host, "veth0") == "2");
        CHECK(looks.without == 0);
        const int until_now = looks.with;
        CHECK(engine.engine().observe({}).changed.empty());
        CHECK(looks.with == until_now);
        CHECK(looks.without > 0);
    }
    SECTION("a plan and a verification") {
        CHECK(engine.planned("[nic.veth0]\nmtu = 1400\n").exit == Exit::differs);
        CHECK(engine.verify("[nic.veth0]\nmtu = 1500\n").exit == Exit::as_wanted);
        CHECK(looks.with == 0);
        CHECK(looks.without > 0);
    }
    CHECK_FALSE(engine.system().are_writes_expected());
}

TEST_CASE("a system that comes while writes are expected is told so, too", "[engine]") {
    FakeHost host = given::host();
    FakeSystem system(host);
    CallRunner calls([&system] { return system.another(); });
    const auto are_expected = [&] {
        bool are = false;
        REQUIRE(calls.run("looking", [&](System&) { are = system.are_writes_expected(); }));
        return are;
    };
    CHECK_FALSE(are_expected());
    calls.expect_writes(true);
    CHECK(are_expected());
    system.files().expect_writes(false);
    calls.let_go();
    CHECK(are_expected());
    calls.expect_writes(false);
    CHECK_FALSE(are_expected());
}

TEST_CASE_METHOD(VethScene, "what an apply used stays until the engine is to forget", "[engine]") {
    const auto used = std::make_shared<int>();
    {
        ApplyRequest request = apply_request();
        request.progress = [used](const Progress&) {};
        REQUIRE(engine.apply("[nic.veth0]\nmtu = 1400\n", request).exit == Exit::as_wanted);
    }
    CHECK(used.use_count() > 1);  // nobody who waits for the answer waits for this, too
    REQUIRE(engine.apply("[nic.veth0]\nmtu = 1300\n").exit == Exit::as_wanted);
    CHECK(used.use_count() == 1);
    engine.engine().forget();
    CHECK(engine.rollback_all().exit == Exit::as_wanted);
}
