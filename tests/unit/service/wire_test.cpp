#include "service/bus/wire.hpp"

#include <set>

#include "service/bus/words.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::bus;

TEST_CASE("a row is the same behind the bus", "[bus]") {
    const Row row{.setting = "nic.ring.rx",
                  .target = Target::nic("eth0"),
                  .before = "512",
                  .wanted = "4096",
                  .got = "2048",
                  .outcome = Outcome::adjusted,
                  .impact = Impact::drops_packets,
                  .origin = {.file = "hft.toml", .line = 14, .column = 3},
                  .message = "rounded",
                  .is_barred = true,
                  .allow = "drops,management"};
    const Row back = row_of(wire_of(row));
    CHECK(back.setting == row.setting);
    CHECK(back.target == row.target);
    CHECK(back.before == row.before);
    CHECK(back.wanted == row.wanted);
    CHECK(back.got == row.got);
    CHECK(back.outcome == row.outcome);
    CHECK(back.impact == row.impact);
    CHECK(back.origin == row.origin);
    CHECK(back.message == row.message);
    CHECK(back.is_barred);
    CHECK(back.allow == row.allow);
}

TEST_CASE("a report is the same behind the bus, but for its rows", "[bus]") {
    Report report;
    report.verb = "apply";
    report.profile = "hft";
    report.problems = {{.code = ErrorCode::refused, .message = "no", .kernel_errno = 22}};
    report.notes = {"one", "two"};
    report.exit = Exit::not_restored;
    report.state = HostState::awaiting_confirmation;
    report.changed = true;
    report.has_recovered = true;
    report.rows.resize(3);
    report.devices = {{.name = "eth0",
                       .index = 2,
                       .address = "02:00:00:00:00:01",
                       .is_burnt_in = true,
                       .bus = "/sys/devices/pci0000:00/0000:00:03.0"},
                      {.name = "veth1", .index = 7, .kind = "veth", .lower = 8}};
    const Facts facts = facts_of(report);
    const Report back = report_of(facts);
    CHECK(facts.at("rows").get<std::uint64_t>() == 3);
    CHECK(back.verb == report.verb);
    CHECK(back.profile == report.profile);
    CHECK(back.problems == report.problems);
    CHECK(back.notes == report.notes);
    CHECK(back.exit == report.exit);
    CHECK(back.state == report.state);
    CHECK(back.changed);
    CHECK(back.has_recovered);
    CHECK(back.devices == report.devices);
    CHECK(fingerprint_of(back) != fingerprint_of(Report()));
}

TEST_CASE("a reply carries a page of problems, notes and rows, and says how many there are",
          "[bus]") {
    Report report;
    report.problems.assign(2'000,
                           {.code = ErrorCode::refused, .message = std::string(1U << 12U, 'x')});
    report.notes.assign(2'000, "y");
    Row row;
    row.before = std::string(1U << 12U, 'z');
    report.rows.assign(2'000, row);
    report.devices.assign(2'000, {.name = "eth0", .index = 2});
    const Facts facts = facts_of(report);
    const Report back = report_of(facts);
    CHECK(back.problems.size() == 31);
    CHECK(facts.at("problem_count").get<std::uint64_t>() == 2'000);
    CHECK(back.notes.size() == rows_at_once);
    CHECK(facts.at("note_count").get<std::uint64_t>() == 2'000);
    CHECK(back.devices.size() == rows_at_once);
    CHECK(facts.at("device_count").get<std::uint64_t>() == 2'000);
    CHECK(page_of(report.devices, 1'990).size() == 10);
    CHECK(page_of(report.rows, 0).size() == 32);
    CHECK(page_of(report.rows, 1'990).size() == 10);
    CHECK(page_of(report.problems, 1'999).size() == 1);
    CHECK(page_of(report.problems, 2'000).empty());
    CHECK(page_of(report.notes, ~std::uint64_t{0}).empty());
}

TEST_CASE("what is longer than a page is cut, and no page is empty before the end", "[bus]") {
    const Problems problems(3,
                            {.code = ErrorCode::refused, .message = std::string(1U << 20U, 'x')});
    const auto page = page_of(problems, 1);
    REQUIRE(page.size() == 1);
    CHECK(std::get<1>(page.front()).size() < bytes_at_once);
    CHECK(std::get<1>(page.front()).ends_with("xxx..."));
    Row row;
    row.before = std::string(1U << 20U, 'x');
    CHECK(page_of(std::vector<Row>(3, row), 0).size() == 1);
}

TEST_CASE("a status is the same behind the bus, but for its rows", "[bus]") {
    HostStatus status;
    status.state = HostState::overdue;
    status.profile = "hft";
    status.overrides = {{.name = "mtu", .value = "9000"}};
    status.profile_hash = "abc";
    status.applied_at = "2026-11-28T06:00:00Z";
    status.settings_held = 7;
    status.applies = 2;
    status.confirm_by = "2026-11-28T06:01:00Z";
    status.is_guarded = true;
    status.interrupted = "apply of hft";
    status.notes = {"note"};
    const HostStatus back = status_of(facts_of(status));
    CHECK(back.state == status.state);
    CHECK(back.profile == status.profile);
    CHECK(back.overrides == status.overrides);
    CHECK(back.profile_hash == status.profile_hash);
    CHECK(back.applied_at == status.applied_at);
    CHECK(back.settings_held == 7);
    CHECK(back.applies == 2);
    CHECK(back.confirm_by == status.confirm_by);
    CHECK(back.is_guarded);
    CHECK(back.interrupted == status.interrupted);
    CHECK(back.notes == status.notes);
}

TEST_CASE("each error code has a name on the bus, and comes back with its text", "[bus]") {
    std::set<std::string> names;
    for (const ErrorCode code : all_of<ErrorCode>()) {
        const sdbus::Error fault = fault_of({.code = code, .message = "eth0: no"});
        names.insert(fault.getName());
        CHECK(error_of(fault) == Error{.code = code, .message = "eth0: no"});
    }
    CHECK(names.size() == all_of<ErrorCode>().size());
    CHECK(error_name_of(ErrorCode::timed_out) == "org.nanotune1.Error.TimedOut");
}

TEST_CASE("every enumerator is found by its word", "[bus]") {
    const auto found = []<typename E>(E) {
        for (const E one : all_of<E>()) {
            CHECK(of_word<E>(name_of(one)) == one);
        }
        CHECK_FALSE(of_word<E>("no such word"));
    };
    found(ErrorCode());
    found(Outcome());
    found(Impact());
    found(HostState());
}

TEST_CASE("what is no text of the bus is told as far as it is", "[bus]") {
    CHECK(bus_text("na\xc3\xafve") == "na\xc3\xafve");
    CHECK(bus_text("\xc3") == "?");
    CHECK(bus_text("a\xffz") == "a?z");
    CHECK(bus_text(std::string_view("a\0z", 3)) == "a?z");
    CHECK(bus_text("\xc0\x80") == "??");
    CHECK(bus_text("\xed\xa0\x80") == "???");
}

TEST_CASE("names of any kind have paths of their own", "[bus]") {
    CHECK(object_path("device", "eth0") == "/org/nanotune1/device/eth0");
    CHECK(object_path("device", "eth0.100") == "/org/nanotune1/device/eth0_2e100");
    CHECK(object_path("datapath", "a_b") != object_path("datapath", "a-b"));
    CHECK(object_path("datapath", "a_2db") != object_path("datapath", "a-b"));
    CHECK(object_path("device", "\xc3\xa4") == "/org/nanotune1/device/_c3_a4");
    CHECK(object_path("device", "") == "/org/nanotune1/device/_");
}

TEST_CASE("a text is paged between its signs", "[bus]") {
    const std::string text =
        "ab\xc3\xa4\xe2\x82\xac"
        "c";
    for (std::size_t most = 3; most < 10; ++most) {
        std::string whole;
        for (auto page = page_of(text, 0, most); !page.empty();
             page = page_of(text, whole.size(), most)) {
            CHECK(page.size() <= most);
            CHECK(bus_text(page) == page);
            whole += page;
        }
        CHECK(whole == text);
    }
    CHECK(page_of(text, 1'000'000, 3).empty());
}
