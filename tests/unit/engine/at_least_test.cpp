// Values that a host may exceed by itself.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr std::string_view file = "/proc/sys/net/core/somaxconn";

FakeHost host_with(std::string value) {
    return given::host().with_sysctl("net.core.somaxconn", std::move(value));
}

std::string at_least(int number) {
    return "[sysctl]\n\"net.core.somaxconn\" = { value = " + std::to_string(number) +
           ", at_least = true }\n";
}

}  // namespace

TEST_CASE("a host that has more than a bound keeps it, and one that has less is raised",
          "[engine][at_least]") {
    const auto [before, after] = GENERATE(
        table<const char*, const char*>({{"16384", "16384"}, {"4096", "4096"}, {"128", "4096"}}));
    Scene scene(host_with(before));
    const Report planned = scene.engine.planned(at_least(4096));
    INFO(text_of(planned));
    CHECK(planned.exit == (std::string_view(before) == after ? Exit::as_wanted : Exit::differs));
    const Report applied = scene.engine.apply(at_least(4096));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK(applied.changed == (std::string_view(before) != after));
    CHECK(scene.host.text(file) == after);
    CHECK(scene.engine.verify(at_least(4096)).exit == Exit::as_wanted);
    CHECK(scene.engine.verify().exit == Exit::as_wanted);
    CHECK_FALSE(scene.engine.apply(at_least(4096)).changed);
    CHECK(scene.engine.rollback_all().exit == Exit::as_wanted);
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("what has no limit is more than any bound", "[engine][at_least]") {
    Scene scene(given::host().with_sysctl("kernel.sched_rt_runtime_us", "-1"));
    const Report report = scene.engine.apply(
        "[sysctl]\n\"kernel.sched_rt_runtime_us\" = { value = 980000, at_least = true }\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK_FALSE(report.changed);
    CHECK(scene.host.text("/proc/sys/kernel/sched_rt_runtime_us") == "-1");
}

TEST_CASE("what an apply has raised does not keep a bound from being lowered",
          "[engine][at_least]") {
    Scene scene(host_with("128"));
    REQUIRE(scene.engine.apply(at_least(8192)).exit == Exit::as_wanted);
    REQUIRE(scene.host.text(file) == "8192");
    REQUIRE(scene.engine.apply(at_least(1024)).exit == Exit::as_wanted);
    CHECK(scene.host.text(file) == "1024");
    REQUIRE(scene.engine.apply(at_least(64)).exit == Exit::as_wanted);
    CHECK(scene.host.text(file) == "128");
}

TEST_CASE("what somebody has raised further since stays when the profile is applied again",
          "[engine][at_least]") {
    Scene scene(host_with("128"));
    REQUIRE(scene.engine.apply(at_least(4096)).exit == Exit::as_wanted);
    scene.host.with(std::string(file), "16384");
    CHECK(scene.engine.verify(at_least(4096)).exit == Exit::as_wanted);
    REQUIRE(scene.engine.apply(at_least(4096)).exit == Exit::as_wanted);
    CHECK(scene.host.text(file) == "16384");
}

TEST_CASE("only one whole number has a bound, and a profile keeps what is said of it",
          "[engine][at_least]") {
    PlainScene scene;
    const auto wrong =
        scene.engine.resolved("[cpu]\ngovernor = { value = \"performance\", at_least = true }\n");
    REQUIRE_FALSE(wrong);
    INFO(wrong.error().front().message);
    CHECK(wrong.error().front().message.contains(
        ": cpu.governor: at_least is for settings that are one whole number; this one takes "
        "performance"));
    const auto bound = scene.engine.resolved(at_least(4096));
    const auto exact = scene.engine.resolved("[sysctl]\n\"net.core.somaxconn\" = 4096\n");
    REQUIRE(bound);
    REQUIRE(exact);
    CHECK(bound->hash != exact->hash);
    const auto again = scene.engine.resolved(shown(*bound));
    REQUIRE(again);
    CHECK(again->hash == bound->hash);
}
