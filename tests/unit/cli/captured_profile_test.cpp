#include "cli/direct/captured_profile.hpp"

#include <fmt/format.h>

#include <nanotune/discover.hpp>
#include <nanotune/file_bank.hpp>

#include "cli/direct/catalog_keys.hpp"
#include "cli/text.hpp"
#include "support/catch.hpp"
#include "support/silent_bank.hpp"

using namespace nanotune;
using namespace nanotune::cli;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

constexpr Tunable known[] = {
    {.name = "mtu",
     .domain = integer(68, 65535),
     .impact = Impact::bounces_link,
     .summary = "MTU."},
    {.name = "coalesce.rx_usecs",
     .domain = integer(0, 1000, Unit::microseconds),
     .summary = "Interrupt delay.",
     .alias = "rx_delay"},
    {.name = "governor", .domain = choice("performance | powersave"), .summary = "Policy."},
    {.name = "per_queue.coalesce.rx_usecs",
     .domain = integer(0, 1000, Unit::microseconds),
     .summary = "Interrupt delay of a queue.",
     .written_as = "coalesce.rx_usecs"}};
constexpr std::size_t known_keys = std::size(known) - 1;  // two settings have one

Plugin plugin_called(const std::string& name, Selector selector) {
    Plugin plugin;
    plugin.name = name;
    plugin.selector = selector;
    plugin.banks.push_back(std::make_unique<SilentBank>(known));
    return plugin;
}

Captured captured(const Plugin& plugin, std::size_t row, Target target, Value value) {
    Captured one{
        .setting = {.plugin = &plugin, .bank = plugin.banks.front().get(), .tunable = &known[row]},
        .candidate = {},
        .value = std::move(value)};
    one.candidate.target = std::move(target);
    if (plugin.selector == Selector::device) {
        const std::string& name = one.candidate.target.name;
        one.candidate.device = name.substr(0, name.find('/'));
    }
    if (one.candidate.target.kind == "cpu") {
        one.candidate.ids = *CpuSet::from_list(one.candidate.target.name);
    }
    return one;
}

Captured of_queue(const Plugin& plugin, std::size_t row, unsigned queue, Value value) {
    Captured one =
        captured(plugin, row, {"rx_queue", "eth0/rx-" + std::to_string(queue)}, std::move(value));
    one.candidate.ids = CpuSet::of(queue);
    return one;
}

Captured of_interrupt(const Plugin& plugin, unsigned number, CpuSet queues, std::int64_t value) {
    Captured one = captured(plugin, 0, Target::irq(number), value);
    one.candidate.device = "eth0";
    one.candidate.ids = std::move(queues);
    return one;
}

}  // namespace

TEST_CASE("a device is captured as a section of its name", "[cli][capture]") {
    const Plugin nic = plugin_called("nic", Selector::device);
    const std::string text =
        captured_profile({captured(nic, 0, Target::nic("eth0"), std::int64_t{1500}),
                          captured(nic, 1, Target::nic("eth0"), std::int64_t{50})});
    CHECK_THAT(text, Contains("[nic.eth0]\n") && Contains("mtu = 1500\n") &&
                         Contains("coalesce.rx_usecs = \"50us\"\n"));
}

TEST_CASE("CPUs that hold the same value share a section", "[cli][capture]") {
    const Plugin cpu = plugin_called("cpu", Selector::ids);
    std::vector<Captured> all;
    for (const unsigned number : {0U, 1U, 2U}) {
        all.push_back(captured(cpu, 2, Target::cpu(number),
                               std::string(number == 2 ? "performance" : "powersave")));
    }
    const std::string text = captured_profile(all);
    CHECK_THAT(text, Contains("[cpu.0-1]\ngovernor = \"powersave\"\n"));
    CHECK_THAT(text, Contains("[cpu.2]\ngovernor = \"performance\"\n"));
}

TEST_CASE("queues that differ have tables of their own", "[cli][capture]") {
    const Plugin nic = plugin_called("nic", Selector::device);
    std::vector<Captured> all;
    for (const unsigned number : {0U, 1U, 2U}) {
        all.push_back(of_queue(nic, 0, number, std::int64_t{number == 1 ? 200 : 100}));
        all.push_back(of_queue(nic, 1, number, std::int64_t{7}));
    }
    const std::string text = captured_profile(all);
    CHECK_THAT(text, Contains("[nic.eth0.queue.\"0,2\"]\nmtu = 100\n"));
    CHECK_THAT(text, Contains("[nic.eth0.queue.\"1\"]\nmtu = 200\n"));
    CHECK_THAT(text, Contains("[nic.eth0]\ncoalesce.rx_usecs = \"7us\"\n"));
    CHECK_THAT(text, !Contains("Left out"));
}

TEST_CASE("beside the queues' interrupts, that of no queue has the device's table",
          "[cli][capture]") {
    const Plugin irq = plugin_called("irq", Selector::device);
    const std::string text = captured_profile({of_interrupt(irq, 30, CpuSet(), 100),
                                               of_interrupt(irq, 31, CpuSet::of(0), 200),
                                               of_interrupt(irq, 32, CpuSet::of(1), 100)});
    CHECK_THAT(text, Contains("[irq.eth0]\nmtu = 100\n"));
    CHECK_THAT(text, Contains("[irq.eth0.queue.\"0\"]\nmtu = 200\n"));
    CHECK_THAT(text, !Contains("queue.\"1\""));
}

TEST_CASE("what no table of a profile could tell apart is left out, and said", "[cli][capture]") {
    const Plugin irq = plugin_called("irq", Selector::device);
    const std::string in_one_queue = captured_profile(
        {of_interrupt(irq, 31, CpuSet::of(0), 100), of_interrupt(irq, 32, CpuSet::of(0), 200)});
    CHECK_THAT(in_one_queue, Contains("#   irq.mtu on eth0: it has several values, and no table of "
                                      "a profile tells which is whose\n"));
    CHECK_THAT(in_one_queue, !Contains("\nmtu"));
    const std::string of_no_queue = captured_profile(
        {of_interrupt(irq, 30, CpuSet(), 100), of_interrupt(irq, 33, CpuSet(), 200)});
    CHECK_THAT(of_no_queue, Contains("#   irq.mtu on eth0: "));
}

TEST_CASE("disks that differ are left out, and said: a profile has no tables of single ones",
          "[cli][capture]") {
    const Plugin memory = plugin_called("memory", Selector::ids);
    const std::string text =
        captured_profile({captured(memory, 0, {"disk", "sda"}, std::int64_t{128}),
                          captured(memory, 0, {"disk", "sdb"}, std::int64_t{512}),
                          captured(memory, 1, {"disk", "sda"}, std::int64_t{7}),
                          captured(memory, 1, {"disk", "sdb"}, std::int64_t{7})});
    CHECK_THAT(text, Contains("#   memory.mtu: it has several values"));
    CHECK_THAT(text, !Contains("\nmtu"));
    CHECK_THAT(text, Contains("[memory]\ncoalesce.rx_usecs = \"7us\"\n"));
}

TEST_CASE("a queue that differs from its device is captured for that queue alone",
          "[cli][capture]") {
    const Plugin nic = plugin_called("nic", Selector::device);
    const std::string text =
        captured_profile({captured(nic, 1, Target::nic("eth0"), std::int64_t{7}),
                          of_queue(nic, 3, 2, std::int64_t{50})});
    CHECK_THAT(text, Contains("[nic.eth0]\ncoalesce.rx_usecs = \"7us\"\n"));
    CHECK_THAT(text, Contains("[nic.eth0.queue.\"2\"]\ncoalesce.rx_usecs = \"50us\"\n"));
}

TEST_CASE("a value that no author may write is left out, and said", "[cli][capture]") {
    const Plugin nic = plugin_called("nic", Selector::device);
    const std::string text =
        captured_profile({captured(nic, 0, Target::nic("eth0"), std::int64_t{7})});
    CHECK_THAT(text, Contains("#   nic.mtu on eth0: 7 is not a value that a profile may set\n"));
    CHECK_THAT(text, !Contains("\nmtu"));
}

TEST_CASE("a device whose name would select others is left out, and said", "[cli][capture]") {
    const Plugin nic = plugin_called("nic", Selector::device);
    const std::string text =
        captured_profile({captured(nic, 0, Target::nic("w*"), std::int64_t{1500}),
                          captured(nic, 1, Target::nic("w*"), std::int64_t{7}),
                          captured(nic, 0, Target::nic("${a}"), std::int64_t{1500}),
                          captured(nic, 0, Target::nic("eth0"), std::int64_t{1500})});
    CHECK_THAT(text, Contains("#   w*: in a profile, that name selects others\n#   ${a}: "));
    CHECK_THAT(text, Contains("[nic.eth0]"));
    CHECK_THAT(text, !Contains("[nic.\""));
}

TEST_CASE("a device whose name no section can have is left out, and said", "[cli][capture]") {
    const Plugin nic = plugin_called("nic", Selector::device);
    const auto word = GENERATE("mtu", "coalesce", "rx_delay", "queue", "match");
    const std::string text =
        captured_profile({captured(nic, 0, Target::nic(word), std::int64_t{1500}),
                          captured(nic, 0, Target::nic("b\xff"), std::int64_t{1500}),
                          captured(nic, 0, Target::nic("\u00fcn"), std::int64_t{1500})});
    INFO(text);
    CHECK_THAT(text, Contains(fmt::format("#   {}: in a profile, that name is a word of its own\n",
                                          word)));
    CHECK_THAT(text, Contains("in a profile, that name cannot be written: it is no UTF-8\n"));
    CHECK_THAT(text, Contains("[nic.\"\u00fcn\"]\n"));
    CHECK_THAT(text, !Contains(fmt::format("[nic.{}]", word)));
    CHECK(is_utf8(text));
}

TEST_CASE("keys of the catalog say where they stand and what they accept", "[cli][list]") {
    Catalog catalog;
    REQUIRE(catalog.add(plugin_called("nic", Selector::device)).has_value());
    const auto keys = keys_of(catalog);
    REQUIRE(keys.size() == known_keys);
    CHECK(keys[0].name == "nic.mtu");
    CHECK(keys[0].impact == "bounces");
    CHECK_THAT(keys[0].section, Contains("[nic.NAME]"));
    CHECK_THAT(keys[1].accepts, Contains("microseconds"));
    CHECK(keys[1].aliases == "rx_delay");
}

TEST_CASE("a setting of the whole host stands in its plugin's own table", "[cli][list]") {
    static constexpr FileRow of_host[] = {
        {{.name = "default_affinity", .domain = cpu_mask(), .summary = "Of all."}, "/proc/irq/x"}};
    Plugin irq = plugin_called("irq", Selector::device);
    irq.banks.push_back(
        std::make_unique<FileBank>(of_host, BankPlace{Stage::interrupts, discover::host}));
    Catalog catalog;
    const auto added = catalog.add(std::move(irq));
    REQUIRE(added);
    const auto keys = keys_of(catalog);
    REQUIRE(keys.size() == known_keys + 1);
    CHECK(keys.back().section == "[irq]");
    CHECK_THAT(keys[0].section, Contains("[irq.NAME]"));
}
