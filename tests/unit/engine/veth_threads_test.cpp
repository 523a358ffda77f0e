// Polling by threads on a veth, which polls only while it has GRO.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

FakeHost veth_with_gro(const std::string& gro) {
    FakeHost veth = given::host()
                        .with_nic("veth0", {.kind = "veth"})
                        .with(feature_cell("veth0", "rx-gro"), gro);
    veth.check("/sys/class/net/veth0/threaded", [](const Cells& cells, const Write&) {
        return text_of(cells, feature_cell("veth0", "rx-gro")) == "on on"
                   ? std::nullopt
                   : std::optional(Refusal{.error = EOPNOTSUPP});
    });
    return veth;
}

}  // namespace

TEST_CASE("a veth polls in threads with the GRO of the same profile, whichever is said first",
          "[engine]") {
    Scene scene(veth_with_gro("off off"));
    const std::string lines =
        GENERATE(as<std::string>{}, "napi.threaded = true\nfeatures.gro = true\n",
                 "features.gro = true\nnapi.threaded = true\n");
    const Report applied = scene.engine.apply("[nic.veth0]\n" + lines);
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);

    SECTION("and neither by the next one, whatever that says of them") {
        const std::string next = GENERATE(
            as<std::string>{}, "mtu = 1400\n", "features.gro = false\n", "features.gro = true\n",
            "napi.threaded = false\n", "napi.threaded = false\nfeatures.gro = false\n",
            "features.gro = false\nnapi.threaded = false\n");
        const Report second = scene.engine.apply("[nic.veth0]\n" + next);
        INFO(next << text_of(second));
        CHECK(second.exit == Exit::as_wanted);
        CHECK(scene.host.text("/sys/class/net/veth0/threaded") == "0");
        CHECK(scene.engine.rollback().exit == Exit::as_wanted);
        CHECK(scene.host.text("/sys/class/net/veth0/threaded") == "1");
    }
    SECTION("and GRO stays while the next one wants the threads") {
        const std::string next = GENERATE(as<std::string>{}, "napi.threaded = true\n",
                                          "napi.threaded = true\nfeatures.gro = false\n");
        const Report second = scene.engine.apply("[nic.veth0]\n" + next);
        INFO(next << text_of(second));
        CHECK(second.exit == Exit::refused);
        CHECK(text_of(second).contains("once features.gro is off"));
    }
    CHECK(scene.engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("a veth without anything to poll is told not to have threads, before it is written to",
          "[engine]") {
    const std::string gro = GENERATE(as<std::string>{}, "off off", "on on");
    Scene scene(veth_with_gro(gro));
    const Report planned = scene.engine.planned("[nic.veth0]\nnapi.threaded = true\n");
    INFO(text_of(planned));
    CHECK(planned.exit == (gro == "on on" ? Exit::differs : Exit::refused));
    CHECK(text_of(planned).contains("features.gro is off") == (gro == "off off"));
    const Report lenient =
        scene.engine.apply("[nic.veth0]\nnapi.threaded = { value = true, optional = true }\n");
    INFO(text_of(lenient));
    CHECK(lenient.exit == Exit::as_wanted);
    CHECK(lenient.changed == (gro == "on on"));
}
