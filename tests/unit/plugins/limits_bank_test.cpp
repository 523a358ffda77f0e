// Limits as an author spells them, as the kernel prints them, and as one process has them.
#include "process/limits_bank.hpp"

#include <algorithm>

#include "process/discovery.hpp"
#include "process/limits.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;
using namespace nanotune::process;

namespace {

const Target feed{"process", "300:1000"};

const LimitsBank& bank() {
    static const LimitsBank bank(BankPlace{Stage::processes, none});
    return bank;
}

const Tunable& setting(std::string_view name) {
    const auto all = bank().tunables();
    return **std::ranges::find(all, name, &Tunable::name);
}

FakeHost host_with_feed() {
    return given::host().with_process("feed", {.pid = 300}).with("/proc/sys/fs/nr_open", "1048576");
}

Result<Reading> read(FakeHost& host, std::string_view name, const Target& target = feed) {
    FakeSystem system(host);
    const Tunable* const wanted[] = {&setting(name)};
    return bank().read(system, target, wanted).at(0);
}

Status write(FakeHost& host, std::string_view name, std::string text) {
    FakeSystem system(host);
    const Assignment assignments[] = {{&setting(name), Value(std::move(text))}};
    return bank().write(system, feed, assignments).at(0);
}

}  // namespace

TEST_CASE("a limit is one number, or a soft and a hard one", "[process][limits]") {
    CHECK(normal_bytes_limit("65536KiB").value() == "64MiB");
    CHECK(normal_bytes_limit("8MiB:unlimited").value() == "8MiB:unlimited");
    CHECK(normal_count_limit("1024:1024").value() == "1024");
    CHECK(normal_time_limit("1s:2s").value() == "1s:2s");
    CHECK(normal_nice_limit("40").value() == "40");
    for (const char* wrong : {"", ":", "1:", "1:2:3", "2:1", "unlimited:1", "many", "-1"}) {
        INFO(wrong);
        CHECK_FALSE(normal_count_limit(wrong));
    }
    CHECK_FALSE(normal_nice_limit("41"));
    CHECK_FALSE(normal_priority_limit("100"));
    CHECK_FALSE(normal_count_limit("1MiB"));
    CHECK(normal_count_limit("2:1").error().message ==
          "2:1 is no limit: the soft one, in front, is above the hard one");
}

TEST_CASE("every limit is found in what the kernel prints, and set alone", "[process][limits]") {
    for (const Tunable* tunable : bank().tunables()) {
        INFO(tunable->name);
        FakeHost host = host_with_feed();
        const FakeHost before = host;
        const auto held = read(host, tunable->name);
        REQUIRE(held);
        REQUIRE(write(host, tunable->name, "20:40"));
        CHECK(read(host, tunable->name).value().value != Value(std::get<std::string>(held->value)));
        for (const Tunable* other : bank().tunables()) {
            FakeHost copy = before;
            CHECK((other == tunable ||
                   read(host, other->name).value().value == read(copy, other->name).value().value));
        }
        REQUIRE(write(host, tunable->name, std::get<std::string>(held->value)));
        CHECK(difference(before, host) == no_difference);
    }
}

TEST_CASE("a line of limits that is cut off, or no number, is none", "[process][limits]") {
    const LimitRow& files = *limit_row("rlimit.nofile");
    CHECK(limit_in(files, "Max open files            1024   2048   files") ==
          ResourceLimit{.soft = 1024, .hard = 2048});
    CHECK(limit_in(files, "Max open files            unlimited   unlimited   files") ==
          ResourceLimit{.soft = ResourceLimit::unlimited, .hard = ResourceLimit::unlimited});
    for (const char* text : {"", "Max open files", "Max open files 1024", "Max open files 1 2x f",
                             "Max processes 1 2 p"}) {
        INFO(text);
        CHECK_FALSE(limit_in(files, text));
    }
    CHECK(limit_text(files, {.soft = ~std::uint64_t{1}, .hard = ResourceLimit::unlimited}) ==
          "18446744073709551614:unlimited");
    CHECK(limit_row("rlimit.nothing") == nullptr);
}

TEST_CASE("limits of another process with the same number are not touched", "[process][limits]") {
    FakeHost host = host_with_feed();
    const auto reading = read(host, "rlimit.nofile", {"process", "300:999"});
    REQUIRE_FALSE(reading);
    CHECK(reading.error().code == ErrorCode::not_found);
}

TEST_CASE("without the capability for it no limit is written, as it could not be put back",
          "[process][limits]") {
    FakeHost host = host_with_feed();
    host.lacks(Capability::sys_resource);
    FakeSystem system(host);
    const Status may = bank().may_write(system, feed, setting("rlimit.memlock"));
    REQUIRE_FALSE(may);
    CHECK(may.error().message == "it takes CAP_SYS_RESOURCE to change it");
}

TEST_CASE("more files than fs.nr_open allows are refused with that number", "[process][limits]") {
    FakeHost host = host_with_feed();
    host.lacks(Capability::sys_resource);  // the fake's answer is the kernel's for such a number
    const Status status = write(host, "rlimit.nofile", "2000000");
    REQUIRE_FALSE(status);
    CHECK(status.error().message.ends_with("; fs.nr_open allows 1048576"));
}
