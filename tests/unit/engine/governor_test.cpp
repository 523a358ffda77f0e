// Governors that a driver or the kernel does not have.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string policy = "/sys/devices/system/cpu/cpufreq/policy0/";

FakeHost host_of(const std::string& driver, const std::string& governors) {
    return given::host()
        .with_cpufreq({.governor = "powersave", .governors = governors})
        .with(policy + "scaling_driver", driver)
        .with_sysctl("vm.swappiness", "60")
        .with_sysctl("kernel.modules_disabled", "0")
        .with_sysctl("kernel.osrelease", "6.1.0-18-amd64")
        .with("/lib/modules/6.1.0-18-amd64/modules.alias", "alias net-pf-10 ipv6\n")
        .with("/lib/modules/6.1.0-18-amd64/modules.dep",
              "kernel/drivers/cpufreq/cpufreq_ondemand.ko:\n");
}

constexpr std::string_view of_driver = "performance powersave";
constexpr std::string_view of_kernel = "powersave performance schedutil ";

}  // namespace

TEST_CASE("a governor that the host cannot have is told before anything is written",
          "[engine][governor]") {
    const auto [host, governor, words] = GENERATE(table<FakeHost, std::string, std::string>(
        {{host_of("intel_pstate", std::string(of_driver)), "ondemand",
          "performance powersave; intel_pstate has governors of its own"},
         {host_of("amd-pstate-epp", std::string(of_driver)), "schedutil",
          "performance powersave; amd-pstate-epp has governors of its own"},
         {host_of("acpi-cpufreq", std::string(of_kernel)), "conservative",
          "powersave performance schedutil; nor is there a module cpufreq_conservative for this "
          "kernel"},
         {host_of("acpi-cpufreq", std::string(of_kernel))
              .with_sysctl("kernel.modules_disabled", "1"),
          "ondemand", "and this kernel loads no modules"}}));
    Scene scene(host);
    const Report refused = scene.engine.apply("[cpu.0]\ngovernor = \"" + governor + "\"\n");
    INFO(text_of(refused));
    CHECK(refused.exit == Exit::refused);
    REQUIRE(refused.problems.size() == 1);
    CHECK(refused.problems.front().message.starts_with(
        "test.toml:2:1: cpu.governor on policy0: " + governor + " is not among what"));
    CHECK(refused.problems.front().message.ends_with(words));

    const Report applied = scene.engine.apply("[cpu.0]\ngovernor = { value = \"" + governor +
                                              "\", optional = true }\n"
                                              "[memory]\nswappiness = 7\n");
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK(row_at(applied, "cpu.governor", {"policy", "0"}).outcome == Outcome::unsupported);
    CHECK(scene.engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("a governor whose module the kernel can load is left to the write",
          "[engine][governor]") {
    Scene scene(host_of("acpi-cpufreq", std::string(of_kernel)));
    const Report planned = scene.engine.planned("[cpu.0]\ngovernor = \"ondemand\"\n");
    INFO(text_of(planned));
    CHECK(planned.problems.empty());
    CHECK(planned.exit == Exit::differs);
}
