// [cpus] on a host.
#include "given_profile.hpp"
#include "support/catch.hpp"

using namespace nanotune;

namespace {

Checked<CpuPlan> plan(const std::string& cpus, const Topology& topology = given::four_cpus()) {
    return cpu_plan_of(given::resolution("[cpus]\n" + cpus).profile(), topology, {});
}

std::string text(const Checked<CpuPlan>& plan) {
    if (!plan) {
        return plan.error().front().message;
    }
    return plan->housekeeping.list() + " | " + plan->irq.list() + " | " + plan->datapath.list() +
           " | " + plan->isolated.list();
}

}  // namespace

TEST_CASE("what is left out is automatic", "[cpu plan]") {
    CHECK(text(plan("")) == "0 | 2 | 1,3 | 1,3");
    CHECK(text(plan("housekeeping = \"auto\"\nirq = \"auto\"\n")) == "0 | 2 | 1,3 | 1,3");
}

TEST_CASE("sets that are given stand, and the rest is shared out", "[cpu plan]") {
    CHECK(text(plan("housekeeping = \"0\"\nirq = \"1\"\ndatapath = \"2-3\"\n")) ==
          "0 | 1 | 2-3 | 2-3");
    CHECK(text(plan("datapath = \"2-3\"\n")) == "0 | 1 | 2-3 | 2-3");
    CHECK(text(plan("isolated = \"3\"\n")) == "0-1 | 2 | 3 | 3");
    CHECK(text(plan("housekeeping = \"0-3\"\n")) == "0-3 | 0-3 | 0-3 | ");
}

TEST_CASE("sets may be made of each other and of words", "[cpu plan]") {
    CHECK(text(plan("housekeeping = \"0\"\nirq = \"${cpus.housekeeping}\"\ndatapath = "
                    "\"siblings(1)\"\nisolated = \"${cpus.datapath}\"\n")) == "0 | 0 | 1,3 | 1,3");
    CHECK(text(plan("irq = \"datapath\"\ndatapath = \"isolated\"\nisolated = \"3\"\n")) ==
          "0-2 | 3 | 3 | 3");
}

TEST_CASE("sets that are made of each other in a circle are refused", "[cpu plan][bad input]") {
    const auto circle = plan("irq = \"datapath\"\ndatapath = \"irq\"\n");
    REQUIRE_FALSE(circle.has_value());
    REQUIRE(circle.error().size() == 2);
    CHECK(circle.error()[0].message ==
          "host.toml:2:1: cpus.irq: datapath is made of sets that are made of it");
    // "isolated" that is left out follows from the datapath.
    CHECK_FALSE(plan("datapath = \"isolated\"\n").has_value());
}

TEST_CASE("a CPU that does not exist is told at its line", "[cpu plan][bad input]") {
    CHECK(text(plan("irq = \"1,9\"\n")) ==
          "host.toml:2:1: cpus.irq: CPU 9 does not exist; this host has 0-3");
    const auto both = plan("irq = \"9\"\ndatapath = \"8\"\n");
    REQUIRE_FALSE(both.has_value());
    CHECK(both.error().size() == 2);
}

TEST_CASE("a CPU that the plan takes offline is told at its line", "[cpu plan][bad input]") {
    CHECK(text(plan("irq = \"2\"\n", given::four_cpus().without_siblings())) ==
          "host.toml:2:1: cpus.irq: CPU 2 is offline, or taken offline by this profile; online are "
          "0-1");
}

TEST_CASE("an isolated CPU that keeps house is told with both lines", "[cpu plan][bad input]") {
    CHECK(text(plan("housekeeping = \"0-1\"\nisolated = \"siblings(1)\"\n")) ==
          "host.toml:3:1: cpus.isolated 1,3 (host.toml:3:1) and cpus.housekeeping 0-1 "
          "(host.toml:2:1) both hold CPU 1: an isolated CPU keeps no house");
}
