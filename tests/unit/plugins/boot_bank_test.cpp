// What a profile wants of the next boot against what this one was started with.
#include "boot/boot_bank.hpp"

#include <nanotune/boot_cpus.hpp>
#include <nanotune/discover.hpp>

#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;
using boot::BootBank;
using boot::BootRow;

namespace {

constexpr BootRow parameters[] = {
    {.tunable = {.name = "isolcpus", .domain = cpu_list(), .check_only = true},
     .in_force = "/sys/devices/system/cpu/isolated"},
    {.tunable = {.name = "isolcpus_flags", .domain = text(), .check_only = true}},
    {.tunable = {.name = "nosmt", .domain = flag(), .check_only = true}},
    {.tunable = {.name = "idle", .domain = text(), .check_only = true}},
    {.tunable = {.name = "hugepagesz", .domain = text(), .check_only = true}},
    {.tunable = {.name = "hugepages", .domain = text(), .check_only = true}},
};

const BootBank& bank() {
    static const BootBank bank(parameters, BankPlace{Stage::host, discover::host});
    return bank;
}

FakeHost started_with(const std::string& line) {
    return given::host().with("/proc/cmdline", line);
}

Result<Reading> read(FakeHost host, std::string_view name) {
    FakeSystem system(host);
    for (const Tunable* tunable : bank().tunables()) {
        if (tunable->name == name) {
            const Tunable* const wanted[] = {tunable};
            return bank().read(system, Target::host(), wanted).at(0);
        }
    }
    return failure(ErrorCode::invalid, "no such row");
}

std::string shown(const std::string& line, std::string_view name) {
    const auto reading = read(started_with(line), name);
    return reading ? printed(text(), reading->value) : reading.error().message;
}

}  // namespace

TEST_CASE("flags of isolcpus are nothing that a host of one CPU can have", "[boot]") {
    const FakeHost one = started_with("quiet").with_cpus({.cores = 1});
    const auto reading = read(one, "isolcpus_flags");
    REQUIRE_FALSE(reading);
    CHECK(reading.error().code == ErrorCode::unsupported);
    CHECK(read(started_with("quiet"), "isolcpus_flags").value().value == Value{std::string()});
}

TEST_CASE("the list of isolcpus compares as a set, whatever flags stand before it", "[boot]") {
    for (const char* line : {"isolcpus=2-3", "isolcpus=2,3", "isolcpus=managed_irq,domain,2-3",
                             "isolcpus=nohz,3,2", "isolcpus=1 isolcpus=2-3"}) {
        INFO(line);
        CHECK(read(started_with(line), "isolcpus").value().value == Value{CpuSet::range(2, 3)});
    }
}

TEST_CASE("flags of isolcpus compare in any order, and none means domain", "[boot]") {
    CHECK(shown("isolcpus=2-3", "isolcpus_flags") == "domain");
    CHECK(shown("isolcpus=domain,2-3", "isolcpus_flags") == "domain");
    CHECK(shown("isolcpus=domain,managed_irq,2-3", "isolcpus_flags") == "managed_irq,domain");
    CHECK(shown("isolcpus=managed_irq,domain,2-3", "isolcpus_flags") == "managed_irq,domain");
    CHECK(shown("quiet", "isolcpus_flags").empty());
}

TEST_CASE("a missing parameter reads as nothing, so that it differs from what is wanted",
          "[boot]") {
    CHECK(read(started_with("quiet"), "isolcpus").value().value == Value{CpuSet{}});
    CHECK(read(started_with("quiet"), "nosmt").value().value == Value{false});
    CHECK(shown("quiet", "idle").empty());
    CHECK(shown("quiet -- idle=poll", "idle").empty());
}

TEST_CASE("a bare word is there in any form", "[boot]") {
    CHECK(read(started_with("quiet nosmt"), "nosmt").value().value == Value{true});
    CHECK(read(started_with("nosmt=force"), "nosmt").value().value == Value{true});
}

TEST_CASE("huge pages are read pair by pair", "[boot]") {
    const std::string line = "hugepagesz=1G hugepages=4 hugepagesz=2M hugepages=512";
    CHECK(shown(line, "hugepagesz") == "1G 2M");
    CHECK(shown(line, "hugepages") == "4 512");
}

TEST_CASE("a list that the kernel did not take is noted", "[boot]") {
    const FakeHost host = started_with("isolcpus=2-3");
    const auto in_force = [&](const std::string& cpus) {
        return read(FakeHost(host).with("/sys/devices/system/cpu/isolated", cpus), "isolcpus");
    };
    CHECK(in_force("2-3").value().note.empty());
    CHECK(in_force("2").value().note ==
          "the kernel holds to 2, says /sys/devices/system/cpu/isolated");
    CHECK(in_force("").value().value == Value{CpuSet::range(2, 3)});
    CHECK_FALSE(in_force("").value().note.empty());
}

TEST_CASE("the command line is never written", "[boot]") {
    FakeHost host = started_with("quiet");
    FakeSystem system(host);
    CHECK_FALSE(bank().may_write(system, Target::host(), parameters[0].tunable));
    const Assignment assignments[] = {{&parameters[0].tunable, CpuSet::of(2)},
                                      {&parameters[2].tunable, true}};
    for (const Status& outcome : bank().write(system, Target::host(), assignments)) {
        CHECK(outcome.error().code == ErrorCode::refused);
    }
    CHECK(system.writes().empty());
}

TEST_CASE("CPU lists have words that only the command line knows", "[boot]") {
    FakeHost host = given::host().with("/sys/devices/system/cpu/possible", "0-7");
    FakeSystem system(host);
    const auto list = [&](std::string_view text) {
        const auto cpus = cpus_of_parameter(system.files(), text);
        return cpus ? cpus->list() : cpus.error().message;
    };
    CHECK(list("all") == "0-7");
    CHECK(list("4-N") == "4-7");
    CHECK(list("0,N") == "0,7");
    CHECK(list("0-7:2/4") == "0-1,4-5");
    CHECK(list("2-3,8") == "2-3,8");
    CHECK(list("").empty());
    for (const char* text : {",", "1,", "a", "1-", "0-7:2", "0-7:2/0", "1 2", "4294967296"}) {
        INFO(text);
        CHECK(list(text) == "that is no list of CPUs");
    }
}
