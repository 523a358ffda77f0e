// Values that were waiting for the host.
#include "given_profile.hpp"
#include "support/catch.hpp"
#include "support/cpu_list.hpp"

using namespace nanotune;
using nanotune::test::list;

namespace {

given::Words words() {
    return given::Words(
        {.housekeeping = list("0"), .irq = list("1"), .datapath = list("2-3"), .isolated = {}}, {});
}

}  // namespace

TEST_CASE("CPU words become CPUs", "[value_of]") {
    const auto given = given::resolution(
        "[nic.eth0]\nrps.cpus = \"${cpus.irq},3\"\nmtu = 1500\n[boot]\n"
        "isolcpus = \"managed_irq,domain,${cpus.datapath}\"\n[cpu.\"${cpus.datapath}\"]\n"
        "governor = \"performance\"\n");
    CHECK(value_of(given.setting("rps.cpus"), words()) == Value(list("1,3")));
    CHECK(value_of(given.setting("mtu"), words()) == Value(std::int64_t{1500}));
    CHECK(value_of(given.setting("isolcpus"), words()) ==
          Value(std::string("managed_irq,domain,2-3")));
    const auto selector = selector_of(given.section("cpu", "datapath"), words());
    REQUIRE(selector.has_value());
    CHECK(selector->ids == list("2-3"));
}

TEST_CASE("a rule's setting comes with its rows", "[value_of]") {
    const auto given = given::resolution(
        "[process.feed]\nmatch = { comm = \"feed\" }\nwhen = \"start\"\n"
        "threads = [{ name = \"rx\", cpus = \"datapath\", priority = 80 }, { name = \"tx\" }]\n");
    const auto threads = setting_of(given.setting("threads"), words());
    REQUIRE(threads.has_value());
    CHECK(threads->parameter->name == "threads");
    REQUIRE(threads->rows.size() == 2);
    REQUIRE(threads->rows[0].entries.size() == 3);
    CHECK(threads->rows[0].entries[1].parameter->name == "cpus");
    CHECK(threads->rows[0].entries[1].value == Value(list("2-3")));
    CHECK(threads->rows[0].entries[2].origin.line == 4);
    CHECK(setting_of(given.setting("when"), words())->value == Value(std::string("start")));
}

TEST_CASE("a word for no CPU is unsupported here", "[value_of][bad input]") {
    const auto given = given::resolution(
        "[nic.eth0]\nrps.cpus = \"isolated\"\n[boot]\nisolcpus = \"domain,${cpus.isolated}\"\n");
    const auto cpus = value_of(given.setting("rps.cpus"), words());
    REQUIRE_FALSE(cpus.has_value());
    CHECK(cpus.error().code == ErrorCode::unsupported);
    CHECK(cpus.error().message ==
          "host.toml:2:5: rps.cpus: isolated stands for no CPU on this host");
    const auto text = value_of(given.setting("isolcpus"), words());
    REQUIRE_FALSE(text.has_value());
    CHECK(text.error().code == ErrorCode::unsupported);
}

TEST_CASE("an expression that fits no CPU is told at its line", "[value_of][bad input]") {
    const auto given = given::resolution("[nic.eth0]\nrps.cpus = \"irq,7\"\n");
    CHECK(value_of(given.setting("rps.cpus"), words()).error().message ==
          "host.toml:2:5: rps.cpus: CPU 7 does not exist; this host has 0-3");
}
