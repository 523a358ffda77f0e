#include "cli/rows.hpp"

#include "cli/report_text.hpp"
#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::cli;
using nanotune::test::row;

namespace {

bool any(const Row&) {
    return true;
}

}  // namespace

TEST_CASE("the same change of many CPUs is one group with a range", "[cli][rows]") {
    std::vector<Row> rows;
    for (const unsigned cpu : {0U, 1U, 2U, 5U}) {
        rows.push_back(
            row("cpu.wake_latency", Target::cpu(cpu), "unlimited", "0us", Outcome::not_done));
    }
    const auto groups = grouped(rows, any);
    REQUIRE(groups.size() == 1);
    CHECK(groups[0].targets() == "cpu0-2,5");
}

TEST_CASE("rows that differ in a value are not merged", "[cli][rows]") {
    std::vector<Row> rows = {row("cpu.governor", Target::cpu(0), "a", "b", Outcome::not_done),
                             row("cpu.governor", Target::cpu(1), "c", "b", Outcome::not_done)};
    CHECK(grouped(rows, any).size() == 2);
}

TEST_CASE("device names that end with a number are not made a range", "[cli][rows]") {
    std::vector<Row> rows = {row("nic.mtu", Target::nic("eth0"), "1", "2", Outcome::not_done),
                             row("nic.mtu", Target::nic("eth1"), "1", "2", Outcome::not_done)};
    CHECK(grouped(rows, any)[0].targets() == "eth0 and eth1");
}

TEST_CASE("queues of one device are a range", "[cli][rows]") {
    std::vector<Row> rows = {
        row("nic.rps.cpus", {"rx_queue", "eth0/rx-0"}, "", "0-3", Outcome::not_done),
        row("nic.rps.cpus", {"rx_queue", "eth0/rx-1"}, "", "0-3", Outcome::not_done)};
    CHECK(grouped(rows, any)[0].targets() == "eth0/rx-0-1");
}

TEST_CASE("many names are cut short with their number", "[cli][rows]") {
    std::vector<Row> rows;
    for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
        rows.push_back(row("nic.mtu", Target::nic(name), "1", "2", Outcome::not_done));
    }
    CHECK(grouped(rows, any)[0].targets() == "a, b, c and 3 more");
}

TEST_CASE("groups of one plugin stand together", "[cli][rows]") {
    std::vector<Row> rows = {row("nic.a", Target::nic("e"), "1", "2", Outcome::not_done),
                             row("irq.b", Target::irq(1), "1", "2", Outcome::not_done),
                             row("nic.c", Target::nic("e"), "1", "2", Outcome::not_done)};
    const auto groups = grouped(rows, any);
    REQUIRE(groups.size() == 3);
    CHECK(groups[0].first->setting == "nic.a");
    CHECK(groups[1].first->setting == "nic.c");
    CHECK(groups[2].first->setting == "irq.b");
}

TEST_CASE("an origin without a line is shown as it is", "[cli][rows]") {
    CHECK(short_origin({.file = "--set a=b", .line = 0, .column = 0}) == "--set a=b");
    CHECK(short_origin({.file = "/etc/x/hft.toml", .line = 7, .column = 2}) == "hft.toml:7");
    CHECK(short_origin({.file = "baseline", .line = 0, .column = 0}) == "baseline");
}

TEST_CASE("the tally names every outcome that occurs", "[cli][rows]") {
    Report report;
    report.rows = {row("a.b", Target::host(), "1", "2", Outcome::changed),
                   row("a.c", Target::host(), "1", "2", Outcome::adjusted),
                   row("a.d", Target::host(), "1", "2", Outcome::unchanged)};
    CHECK(tally(report) == "1 changed, 1 adjusted by the driver, 1 already as wanted");
}

TEST_CASE("words that a shell would change are quoted", "[cli][rows]") {
    CHECK(shell_word("hft") == "hft");
    CHECK(shell_word("a b") == "'a b'");
    CHECK(shell_word("it's") == "'it'\\''s'");
    CHECK(shell_word("") == "''");
    CHECK(called("/etc/nanotune/profiles/hft.toml") == "hft");
}
