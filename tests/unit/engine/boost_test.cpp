// Frequencies above the nominal one on hosts whose firmware has turned them off.
#include <cerrno>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string no_turbo = "/sys/devices/system/cpu/intel_pstate/no_turbo";
const std::string boost = "/sys/devices/system/cpu/cpufreq/boost";
const std::string scaling_driver = "/sys/devices/system/cpu/cpufreq/policy0/scaling_driver";
constexpr const char* flags_without_turbo =
    "processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: fpu vme idahot\nbugs\t\t:";

/// As intel_pstate has it.
FakeHost host_without_turbo() {
    return given::host().with_cpufreq().with(no_turbo, "1").refuse(no_turbo, {.error = EPERM});
}

/// As amd_pstate has it.
FakeHost host_without_boost() {
    return given::host()
        .with_cpufreq({.intel = false})
        .with(scaling_driver, "amd-pstate-epp")
        .with(boost, "0")
        .refuse(boost, {.error = EINVAL});
}

FakeHost told(FakeHost host) {
    return host.with("/proc/cpuinfo", flags_without_turbo)
        .with("/sys/devices/system/cpu/cpu0/acpi_cppc/highest_perf", "166")
        .with("/sys/devices/system/cpu/cpu0/acpi_cppc/nominal_perf", "166");
}

Outcome outcome_of(const Report& report, const std::string& name) {
    return row_at(report, "cpu." + name, Target::host()).outcome;
}

}  // namespace

TEST_CASE("what firmware has turned off is unsupported before anything is written",
          "[engine][boost]") {
    const auto [host, name, words] = GENERATE(table<FakeHost, std::string, std::string>(
        {{told(host_without_turbo()), "turbo", "/proc/cpuinfo does not list ida"},
         {told(host_without_boost()), "boost", "CPU 0's highest_perf is its nominal_perf"}}));
    Scene scene(host);
    const Report planned = scene.engine.planned("[cpu]\n" + name + " = true\n");
    INFO(text_of(planned));
    CHECK(planned.exit == Exit::refused);
    REQUIRE(planned.problems.size() == 1);
    CHECK(planned.problems.front().message.starts_with("test.toml:2:1: cpu." + name));
    CHECK(planned.problems.front().message.ends_with(words));

    const std::string profile = "[cpu]\n" + name + " = { value = true, optional = true }\n";
    const Report applied = scene.engine.apply(profile);
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK(outcome_of(applied, name) == Outcome::unsupported);
    CHECK(scene.engine.verify(profile).exit == Exit::as_wanted);
    CHECK(scene.engine.system().writes().empty());
    CHECK(scene.engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("what only the write tells to be off is unsupported where it is optional",
          "[engine][boost]") {
    const auto [host, name] = GENERATE(table<FakeHost, std::string>(
        {{host_without_turbo(), "turbo"}, {host_without_boost(), "boost"}}));
    Scene scene(host);
    const std::string profile = "[cpu]\n" + name + " = { value = true, optional = true }\n";
    CHECK(scene.engine.verify(profile).exit == Exit::differs);  // nobody has tried
    const Report applied = scene.engine.apply(profile);
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK(outcome_of(applied, name) == Outcome::unsupported);
    const Report verified = scene.engine.verify(profile);
    INFO(text_of(verified));
    CHECK(verified.exit == Exit::as_wanted);
    CHECK(outcome_of(verified, name) == Outcome::unsupported);
    CHECK(scene.engine.verify("[cpu]\n" + name + " = true\n").exit == Exit::differs);
    const Report required = scene.engine.apply("[cpu]\n" + name + " = true\n");
    INFO(text_of(required));
    CHECK(required.exit == Exit::rolled_back);
    CHECK(text_of(required).contains("the firmware has turned it off"));
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("turbo that is off and can be on is turned on, and back", "[engine][boost]") {
    const std::string cpuinfo =
        GENERATE(as<std::string>{}, "", "processor\t: 0\nflags\t\t: fpu ida arat\nbugs\t\t:");
    Scene scene(given::host().with_cpufreq().with(no_turbo, "1").with("/proc/cpuinfo", cpuinfo));
    CHECK(scene.engine.apply("[cpu]\nturbo = true\n").exit == Exit::as_wanted);
    CHECK(scene.host.text(no_turbo) == "0");
    CHECK(scene.engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("boost that another driver than amd_pstate has turned off is turned on again",
          "[engine][boost]") {
    Scene scene(told(given::host().with_cpufreq({.intel = false}).with(boost, "1")));
    REQUIRE(scene.engine.apply("[cpu]\nboost = false\n").exit == Exit::as_wanted);
    CHECK(scene.host.text(boost) == "0");
    CHECK(scene.engine.apply("[cpu]\nboost = true\n").exit == Exit::as_wanted);
    CHECK(scene.host.text(boost) == "1");
    CHECK(scene.engine.rollback().exit == Exit::as_wanted);
    CHECK(scene.host.text(boost) == "0");
    CHECK(scene.engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(scene.before, scene.host) == no_difference);
}
