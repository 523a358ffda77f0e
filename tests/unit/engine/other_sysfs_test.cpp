// sysfs may be that of another network namespace, which has a device of the same name: nothing is
// read there, and nothing written.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE("what sysfs tells of another namespace's device is not taken for ours",
          "[engine][device]") {
    const std::string line =
        GENERATE(as<std::string>{}, "counter.rx_dropped = 0", "devlink.enable_roce = false",
                 "arfs.ready = false", "driver.debug = \"-1\"", "pcie.power = \"on\"",
                 "multicast.all = false", "napi.defer_hard_irqs = 5", "napi.threaded = true");
    FakeHost host = given::host().with_nic("eth0");
    host.with("/sys/class/net/eth0/ifindex", "99");
    Scene scene(std::move(host));
    const Report planned = scene.engine.planned("[nic.eth0]\n" + line + "\n");
    INFO(line << text_of(planned));
    CHECK(planned.exit == Exit::refused);
    REQUIRE(planned.problems.size() == 1);
    CHECK(planned.problems.front().message.starts_with("test.toml:"));
    CHECK(scene.engine.apply("[nic.eth0]\n" + line + "\n").exit == Exit::refused);
    CHECK(difference(scene.before, scene.host) == no_difference);
}
