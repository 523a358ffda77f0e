// Idle states by name: which number a state has is each core's own affair.
#include "cpu/idle_states_bank.hpp"

#include <nanotune/discover.hpp>

#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/held.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const cpu::IdleStatesBank bank{{.stage = Stage::host, .discovery = discover::online_cpus}};

const std::string idle = "/sys/devices/system/cpu/cpu1/cpuidle/";
const Target cpu1{.kind = "cpu", .name = "1"};

FakeHost sleepy() {
    return given::host().with_cpus({.sockets = 1, .cores = 2, .threads = 1}).with_cpuidle();
}

Tunable state(std::string_view name) {
    const auto opened = bank.open(name);
    REQUIRE(opened);
    return held(*opened);
}

Result<Reading> reading(FakeHost& host, const Tunable& tunable) {
    FakeSystem system(host);
    const Tunable* const wanted[] = {&tunable};
    return bank.read(system, cpu1, wanted).at(0);
}

}  // namespace

TEST_CASE("an idle state is open unless it is disabled", "[cpu]") {
    FakeHost host = sleepy();
    const Tunable deep = state("idle_states.C6");
    const auto open = reading(host, deep);
    REQUIRE(open);
    CHECK(open->value == Value(true));
    host.with(idle + "state3/disable", "1");
    const auto closed = reading(host, deep);
    REQUIRE(closed);
    CHECK(closed->value == Value(false));
}

TEST_CASE("an idle state is closed where the core has it, whatever its number", "[cpu]") {
    FakeHost host = sleepy();
    host.with(idle + "state1/name", "C6").with(idle + "state3/name", "C1");
    FakeSystem system(host);
    const Tunable deep = state("idle_states.C6");
    const Assignment assignments[] = {{.tunable = &deep, .value = false}};
    CHECK(bank.write(system, cpu1, assignments).at(0));
    CHECK(host.text(idle + "state1/disable") == "1");
    CHECK(host.text(idle + "state3/disable") == "0");
}

TEST_CASE("a state that the core has not is unsupported, and those that it has are named",
          "[cpu]") {
    FakeHost host = sleepy();
    const auto read = reading(host, state("idle_states.C10"));
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::unsupported);
    CHECK(read.error().message == "cpu1 has no idle state C10; it has POLL C1 C1E C6");
}

TEST_CASE("a host whose cores do not sleep has no idle state", "[cpu]") {
    FakeHost host = given::host();
    FakeSystem system(host);
    CHECK(bank.open_names(system).empty());
    const auto read = reading(host, state("idle_states.C1"));
    REQUIRE_FALSE(read);
    CHECK(read.error().message == "cpu1 has no idle state C1, nor any other");
}

TEST_CASE("names that no idle state has are not taken", "[cpu]") {
    for (const char* name : {"idle_states.", "idle_states.../x", "idle_states.C 1", "governor"}) {
        INFO(name);
        const auto opened = bank.open(name);
        REQUIRE(opened);
        CHECK_FALSE(opened->has_value());
    }
}
