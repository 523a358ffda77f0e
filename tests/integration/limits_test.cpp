// The engine and its plugins on devices of the running kernel: what a device says that it cannot do
// is told before anything is written.
#include <linux/if_link.h>

#include "engine/engine.hpp"
#include "engine/registry.hpp"
#include "model/profile.hpp"
#include "own_namespace.hpp"
#include "support/catch.hpp"
#include "support/scratch_folder.hpp"
#include "system/kernel_system.hpp"

using namespace nanotune;

namespace {

class EngineHere {
  public:
    EngineHere()
        : registry_(Registry::load({.path = NANOTUNE_TEST_PLUGINS, .seen_file = ""}).value()),
          state_(folder_.path(), {.boot = "test-boot", .network = 1}),
          engine_({.catalog = registry_.catalog(),
                   .state = state_,
                   .systems = [] { return kernel_system(""); },
                   .now = [] { return Moment{.wall = std::chrono::system_clock::now()}; },
                   .command = "test",
                   .lock_patience = {},
                   .cancelled = nullptr}) {}

    Report apply(std::string text) {
        const ProfileSource source = [&text](std::string_view, std::string_view) {
            return Result<ProfileText>({.file = "p.toml", .text = text});
        };
        const auto profile = loaded_profile("p", source, {});
        REQUIRE(profile);
        const auto known = resolved(*profile, registry_.catalog());
        REQUIRE(known);
        ApplyRequest request;
        request.consent.drops = true;
        return engine_.apply(*known, request);
    }

  private:
    nanotune::test::ScratchFolder folder_;
    Registry registry_;
    StateFolder state_;
    Engine engine_;
};

}  // namespace

TEST_CASE(
    "channels and an MTU beyond what a veth has are told at their lines, and nothing is "
    "written",
    "[integration][limits]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 2);
    const Link before = host.link("left0");
    EngineHere engine;

    const Report report = engine.apply(
        "[nic.left0]\ntxqueuelen = 500\nchannels.rx = 3\n"
        "mtu = 65536\n");
    CHECK(report.exit == Exit::refused);
    REQUIRE(report.problems.size() == 2);
    CHECK(report.problems[0].message ==
          "p.toml:3:10: nic.channels.rx on left0: 3 is above its maximum of 2");
    CHECK(report.problems[1].message ==
          "p.toml:4:1: nic.mtu on left0: 65536 is above its maximum of 65535");
    CHECK(host.link("left0") == before);

    const Report none = engine.apply("[nic.left0]\nchannels.rx = 0\n");
    CHECK(none.exit == Exit::refused);
    REQUIRE(none.problems.size() == 1);
    CHECK(none.problems[0].message.starts_with(
        "p.toml:2:10: nic.channels.rx on left0: no queue that receives would be left"));
}

TEST_CASE("an MTU that would take IPv6 off a device is told at its line, and nothing is written",
          "[integration][limits]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    const Link before = host.link("left0");
    EngineHere engine;
    const Report report = engine.apply("[nic.left0]\nmtu = 1279\n");
    CHECK(report.exit == Exit::refused);
    REQUIRE(report.problems.size() == 1);
    CHECK(report.problems[0].message.starts_with(
        "p.toml:2:1: nic.mtu on left0: below 1280 the kernel takes IPv6 off left0"));
    CHECK(host.link("left0") == before);
    CHECK(engine.apply("[nic.left0]\nmtu = 1280\n").exit == Exit::as_wanted);
}

TEST_CASE("what a veth cannot do is passed by where it is optional", "[integration][limits]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 2);
    EngineHere engine;
    const Report report = engine.apply(
        "[nic.left0]\ntxqueuelen = 500\n"
        "channels.rx = { value = 3, optional = true }\n");
    CHECK(report.exit == Exit::as_wanted);
    CHECK(host.link("left0").number(IFLA_TXQLEN) == 500);
}
