// SMT that was forced off at boot is off, and nobody turns it on again.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

FakeHost host_with_smt_forced_off() {
    return given::host()
        .with_cpus({.cores = 2, .threads = 2})
        .with("/sys/devices/system/cpu/smt/control", "forceoff");
}

}  // namespace

TEST_CASE("SMT that was forced off is as wanted where it is to be off", "[engine][smt]") {
    Scene scene(host_with_smt_forced_off());
    const Report report = scene.engine.apply("[cpu]\nsmt = \"off\"\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK_FALSE(report.changed);
    CHECK(row_at(report, "cpu.smt", Target::host()).outcome == Outcome::unchanged);
    CHECK(scene.engine.verify().exit == Exit::as_wanted);
    CHECK(scene.engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("SMT that was forced off is told at the line that wants it on", "[engine][smt]") {
    Scene scene(host_with_smt_forced_off());
    const Report planned = scene.engine.planned("[cpu]\nsmt = \"on\"\n");
    INFO(text_of(planned));
    CHECK(planned.exit == Exit::refused);
    REQUIRE(planned.problems.size() == 1);
    CHECK(planned.problems.front().message ==
          "test.toml:2:1: cpu.smt on host: SMT of this host is forced off until the next boot");
    const Report optional =
        scene.engine.apply("[cpu]\nsmt = { value = \"on\", optional = true }\n");
    CHECK(optional.exit == Exit::as_wanted);
    CHECK(row_at(optional, "cpu.smt", Target::host()).outcome == Outcome::unsupported);
}
