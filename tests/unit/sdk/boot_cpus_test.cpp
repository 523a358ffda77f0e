// The command line's own words for CPUs.
#include <nanotune/boot_cpus.hpp>

#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

BootCpus booted(const std::string& line) {
    FakeHost host = given::host().with("/proc/cmdline", line);
    FakeSystem system(host);
    return observed_boot_cpus(system.files()).value();
}

}  // namespace

TEST_CASE("roles of CPUs are read from the command line", "[boot]") {
    const BootCpus boot =
        booted("quiet isolcpus=managed_irq,domain,2-3 nohz_full=3 rcu_nocbs=all irqaffinity=0,1");
    CHECK(boot.isolated == CpuSet::range(2, 3));
    CHECK(boot.nohz_full == CpuSet::of(3));
    CHECK(boot.rcu_nocbs == CpuSet::range(0, 3));
    CHECK(boot.interrupts == CpuSet::range(0, 1));
    CHECK(booted("quiet") == BootCpus{});
}

TEST_CASE("CPUs without managed interrupts alone are not isolated", "[boot]") {
    CHECK(booted("isolcpus=managed_irq,2-3").isolated.empty());
    CHECK(booted("isolcpus=2-3").isolated == CpuSet::range(2, 3));
}

TEST_CASE("a list that is none gives nobody a role", "[boot]") {
    CHECK(booted("isolcpus=2-x nohz_full=,").isolated.empty());
    FakeHost host = given::host().without("/proc/cmdline");
    FakeSystem system(host);
    CHECK(observed_boot_cpus(system.files()).error().code == ErrorCode::not_found);
}
