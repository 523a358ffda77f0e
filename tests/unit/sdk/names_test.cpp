// Words that stand in reports and on the command line, and what a bank is by default.
#include <set>

#include <nanotune/rule.hpp>

#include "support/catch.hpp"
#include "support/silent_bank.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE("every stage has a name of its own", "[names]") {
    std::set<std::string_view> names;
    for (const Stage stage : all_stages) {
        names.insert(name_of(stage));
    }
    CHECK(names == std::set<std::string_view>{"topology", "queues", "devices", "interrupts", "host",
                                              "processes", "datapath"});
}

TEST_CASE("an impact is named by the word that allows it", "[names]") {
    CHECK(name_of(Impact::none).empty());
    CHECK(name_of(Impact::drops_packets) == "drops");
    CHECK(name_of(Impact::bounces_link) == "bounces");
    CHECK(name_of(Impact::moves_processes) == "moves");
    CHECK(name_of(Impact::disturbs_clock) == "clock");
    CHECK(name_of(Impact::needs_reboot) == "reboot");
}

TEST_CASE("a capability is named as the manual does", "[names]") {
    CHECK(name_of(Capability::net_admin) == "CAP_NET_ADMIN");
    CHECK(name_of(Capability::sys_admin) == "CAP_SYS_ADMIN");
    CHECK(name_of(Capability::sys_nice) == "CAP_SYS_NICE");
    CHECK(name_of(Capability::sys_resource) == "CAP_SYS_RESOURCE");
    CHECK(name_of(Capability::dac_override) == "CAP_DAC_OVERRIDE");
}

TEST_CASE("a bank that says nothing opens no names", "[names]") {
    const SilentBank bank({}, {.stage = Stage::queues});
    CHECK(bank.stage() == Stage::queues);
    CHECK_FALSE(bank.open("net.core.rmem_max").value().has_value());
}

TEST_CASE("a section's settings are found by name", "[names]") {
    constexpr Tunable spread{.name = "spread", .domain = choice("one-to-one | all-on-set")};
    Setting said;
    said.parameter = &spread;
    said.value = std::string("all-on-set");
    const Settings settings{{said}};
    REQUIRE(settings.find("spread") != nullptr);
    CHECK(settings.find("cpus") == nullptr);
    CHECK(settings.value_or<std::string>("spread", "one-to-one") == "all-on-set");
    CHECK(settings.value_or<std::string>("other", "one-to-one") == "one-to-one");
}
