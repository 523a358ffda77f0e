// The CPU plan beside what the kernel was booted with: both sides are named, at the plan's line.
#include "model/boot_misfits.hpp"

#include "given_profile.hpp"
#include "support/catch.hpp"
#include "support/cpu_list.hpp"

using namespace nanotune;
using nanotune::test::list;

namespace {

/// Housekeeping 0, interrupts 1, datapath and isolated 2-3, unless told.
BootMisfits compared(const BootCpus& boot, const std::string& cpus =
                                               "housekeeping = \"0\"\nirq = \"1\"\n"
                                               "datapath = \"2-3\"\nisolated = \"2-3\"\n") {
    const ResolvedProfile profile = given::resolution("[cpus]\n" + cpus).profile();
    const auto plan = cpu_plan_of(profile, given::four_cpus(), {});
    REQUIRE(plan);
    return misfits_of(profile, *plan, boot);
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a plan like the command line's is no misfit, nor is one without any", "[cpu plan]") {
    for (const BootCpus& boot : {BootCpus{}, BootCpus{.isolated = list("2-3"),
                                                      .nohz_full = list("2-3"),
                                                      .rcu_nocbs = list("2-3"),
                                                      .interrupts = list("0")}}) {
        const BootMisfits misfits = compared(boot);
        CHECK(misfits.problems.empty());
        CHECK(misfits.warnings.empty());
    }
}

TEST_CASE("CPUs with a role here and another one on the command line are named with both",
          "[cpu plan]") {
    CHECK(
        compared({.isolated = list("0,2-3")},
                 "housekeeping = \"0-1\"\nirq = \"1\"\n"
                 "datapath = \"2-3\"\n")
            .warnings ==
        Lines{"host.toml:2:1: cpus.housekeeping 0-1 and the kernel's isolcpus=0,2-3 both hold CPU "
              "0: nothing is placed there by itself"});
    CHECK(compared({.isolated = list("1-3")}).warnings ==
          Lines{"host.toml:3:1: cpus.irq 1 and the kernel's isolcpus=1-3 both hold CPU 1: "
                "interrupts disturb what was to run there alone"});
    CHECK(
        compared({.nohz_full = list("0-3")}).warnings ==
        Lines{"host.toml:2:1: cpus.housekeeping 0 and the kernel's nohz_full=0-3 both hold CPU 0: "
              "the tick and its work are kept away from there",
              "host.toml:3:1: cpus.irq 1 and the kernel's nohz_full=0-3 both hold CPU 1: each "
              "interrupt there ends a time without a tick"});
    CHECK(
        compared({.interrupts = list("0-2")}).warnings ==
        Lines{"host.toml:5:1: cpus.isolated 2-3 and the kernel's irqaffinity=0-2 both hold CPU 2: "
              "interrupts that nobody moves are served there"});
}

TEST_CASE("isolated CPUs for which the kernel does less than for others are named", "[cpu plan]") {
    CHECK(compared({.isolated = list("3"), .nohz_full = list("2"), .rcu_nocbs = list("3")})
              .warnings ==
          Lines{"host.toml:5:1: cpus.isolated 2-3: CPU 2 is not among the kernel's isolcpus=3",
                "host.toml:5:1: cpus.isolated 2-3: CPU 3 is not among the kernel's nohz_full=2",
                "host.toml:5:1: cpus.isolated 2-3: CPU 2 is not among the kernel's rcu_nocbs=3"});
}

TEST_CASE("a host that would have nobody to keep house is an error", "[cpu plan][bad input]") {
    const BootMisfits misfits = compared({.isolated = list("0-1")});
    REQUIRE(misfits.problems.size() == 1);
    CHECK(misfits.problems.front().message ==
          "host.toml:2:1: cpus.housekeeping 0: the kernel was booted with isolcpus=0-1, which "
          "leaves none of them to keep house: nothing is placed there by itself");
}

TEST_CASE("a set that nobody wrote says that it is automatic", "[cpu plan]") {
    const auto warnings = compared({.rcu_nocbs = list("2")}, "housekeeping = \"0\"\n").warnings;
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.front().starts_with("cpus.isolated 2-3 (auto): CPU 3 is not among"));
}
