// The automatic plan, and the words of CPU expressions.
#include "model/cpu_plan.hpp"

#include "given_profile.hpp"
#include "support/catch.hpp"
#include "support/cpu_list.hpp"

using namespace nanotune;
using nanotune::test::list;

namespace {

Topology single_threaded(unsigned cpus) {
    Topology made;
    made.present = CpuSet::range(0, cpus - 1);
    made.online = made.present;
    for (unsigned cpu = 0; cpu < cpus; ++cpu) {
        made.cores.push_back(CpuSet::of(cpu));
    }
    made.nodes = {{0, made.present}};
    return made;
}

/// Two nodes with four cores each, two threads a core: CPUs n and n + 8.
Topology two_nodes() {
    Topology made;
    made.present = CpuSet::range(0, 15);
    made.online = made.present;
    for (unsigned cpu = 0; cpu < 8; ++cpu) {
        made.cores.push_back(CpuSet::of(cpu) | CpuSet::of(cpu + 8));
    }
    made.nodes = {{0, list("0-3,8-11")}, {1, list("4-7,12-15")}};
    return made;
}

std::string text(const CpuPlan& plan) {
    return plan.housekeeping.list() + " | " + plan.irq.list() + " | " + plan.datapath.list() +
           " | " + plan.isolated.list();
}

Result<CpuSet> cpus(std::string_view expression) {
    return cpus_of(expression, given::Words({.housekeeping = list("0"),
                                             .irq = list("1"),
                                             .datapath = list("2-3"),
                                             .isolated = list("2-3")},
                                            {{"eth0", list("1,3,7")}}));
}

}  // namespace

TEST_CASE("few CPUs share their roles", "[cpu plan]") {
    CHECK(text(automatic_plan(single_threaded(1), {})) == "0 | 0 | 0 | ");
    CHECK(text(automatic_plan(single_threaded(2), {})) == "0 | 0 | 1 | 1");
    CHECK(text(automatic_plan(single_threaded(3), {})) == "0 | 1 | 2 | 2");
    CHECK(text(automatic_plan(single_threaded(4), {})) == "0 | 1 | 2-3 | 2-3");
}

TEST_CASE("what the kernel was booted to isolate is the datapath's, and nobody else's",
          "[cpu plan]") {
    Topology host = single_threaded(8);
    host.isolated = list("2-3");
    CHECK(text(automatic_plan(host, {})) == "0,4-7 | 1 | 2-3 | 2-3");
    host.isolated = list("0-1");
    CHECK(text(automatic_plan(host, {})) == "2,4-7 | 3 | 0-1 | 0-1");
    host.isolated = list("0-7");  // somebody has to keep house
    CHECK(text(automatic_plan(host, {})) == "0 | 1 | 2-7 | 2-7");
    Topology two = single_threaded(2);
    two.isolated = list("1");
    CHECK(text(automatic_plan(two, {})) == "0 | 0 | 1 | 1");
}

TEST_CASE("two cores with threads keep the datapath on a core of its own", "[cpu plan]") {
    CHECK(text(automatic_plan(given::four_cpus(), {})) == "0 | 2 | 1,3 | 1,3");
}

TEST_CASE("from three cores on, roles get whole cores", "[cpu plan]") {
    CHECK(text(automatic_plan(two_nodes(), {})) == "0,8 | 1,9 | 2-7,10-15 | 2-7,10-15");
}

TEST_CASE("interrupts and datapath stay on the NIC's node, the other keeps house", "[cpu plan]") {
    CHECK(text(automatic_plan(two_nodes(), 1)) == "0-3,8-11 | 4,12 | 5-7,13-15 | 5-7,13-15");
    CHECK(text(automatic_plan(two_nodes(), 0)) == "0,4-8,12-15 | 1,9 | 2-3,10-11 | 2-3,10-11");
    CHECK(text(automatic_plan(single_threaded(4), 7)) == "0 | 1 | 2-3 | 2-3");
}

TEST_CASE("CPUs that are offline get no role", "[cpu plan]") {
    CHECK(text(automatic_plan(two_nodes().without_siblings(), {})) == "0 | 1 | 2-7 | 2-7");
    CHECK(text(automatic_plan(single_threaded(4).without(list("1-2")), {})) == "0 | 0 | 3 | 3");
}

TEST_CASE("expressions are lists and words, joined by commas", "[cpu plan]") {
    CHECK(cpus("0-1,3") == list("0-1,3"));
    CHECK(cpus("irq") == list("1"));
    CHECK(cpus("housekeeping, irq") == list("0-1"));
    CHECK(cpus("isolated,0") == list("0,2-3"));
    CHECK(cpus("online") == list("0-3"));
    CHECK(cpus("numa(eth0)") == list("1,3"));  // without 7, which is not online
    CHECK(cpus("siblings(1)") == list("1,3"));
}

TEST_CASE("what is wrong with an expression is said", "[cpu plan][bad input]") {
    CHECK(cpus("2-9").error().message == "CPUs 4-9 do not exist; this host has 0-3");
    CHECK(cpus("5,irq,9").error().message ==
          "CPU 5 does not exist; this host has 0-3; CPU 9 does not exist; this host has 0-3");
    CHECK(cpus("siblings(4)").error().message == "CPU 4 does not exist; this host has 0-3");
    CHECK(cpus("numa(eth9)").error().message == "there is no NIC eth9");
    CHECK(cpus("onlin").error().message.ends_with("did you mean online?"));
    CHECK(cpus("nuna(eth0)").error().message ==
          "nuna(...) is neither numa nor siblings; did you mean numa?");
    CHECK(cpus("0,,1").error().message == "a CPU number, a range or a word is missing");
    CHECK_FALSE(cpus("").has_value());
    CHECK_FALSE(cpus("numa(").has_value());
    CHECK_FALSE(cpus("numa()").has_value());
    CHECK_FALSE(cpus("(").has_value());
    CHECK_FALSE(cpus("3-1").has_value());
}
