#include "given_catalog.hpp"

#include <cstdlib>
#include <utility>

#include "support/silent_bank.hpp"

namespace given {
namespace {

using namespace nanotune;

class OpenBank final : public test::SilentBank {
  public:
    using SilentBank::SilentBank;

    [[nodiscard]] Result<std::optional<Tunable>> open(std::string_view name) const override {
        if (name == "vm.drop_caches") {
            return failure(ErrorCode::refused, "vm.drop_caches is an action, not a setting");
        }
        if (!name.starts_with("net.") && !name.starts_with("net/")) {
            return std::optional<Tunable>();
        }
        return Tunable{.name = name, .domain = text()};
    }
};

class DeclaredRule final : public Rule {
  public:
    explicit DeclaredRule(std::span<const Tunable> parameters) : Rule({}, parameters) {}

    [[nodiscard]] std::expected<std::vector<Wish>, std::vector<Error>> derive(
        System&, const RuleInput&) const override {
        return std::vector<Wish>();
    }
};

constexpr Tunable nic_rows[] = {
    {.name = "mtu", .domain = integer(68, 65536)},
    {.name = "channels.combined", .domain = integer(0, 64)},
    {.name = "coalesce.rx_usecs", .domain = integer(0, 1000, Unit::microseconds)},
    {.name = "coalesce.adaptive_rx", .domain = flag()},
    {.name = "features.tx-tcp-segmentation", .domain = flag(), .alias = "features.tso"},
    {.name = "features.tx-tcp6-segmentation", .domain = flag(), .alias = "features.tso"},
    {.name = "rps.cpus", .domain = cpu_mask()},
};

constexpr Tunable cpu_rows[] = {
    {.name = "smt", .domain = choice("on | off"), .impact = Impact::moves_processes},
    {.name = "governor", .domain = choice("performance | powersave | schedutil")},
    {.name = "wake_latency",
     .domain = microseconds_or_unlimited({.zero_is = "n/a", .unlimited_is = "0"})},
};

constexpr Tunable memory_rows[] = {
    {.name = "swappiness", .domain = integer(0, 200), .alias = "sysctl.vm.swappiness"},
};

constexpr Tunable sysctl_rows[] = {
    {.name = "net.core.rmem_max", .domain = integer(2048, 2147483647, Unit::bytes)},
    {.name = "kernel.nmi_watchdog", .domain = integer(0, 1)},
};

constexpr Tunable boot_rows[] = {
    {.name = "isolcpus", .domain = text(), .check_only = true},
    {.name = "nohz_full", .domain = cpu_list(), .check_only = true},
};

constexpr Tunable thread_columns[] = {
    {.name = "name", .domain = text()},
    {.name = "cpus", .domain = cpu_list()},
    {.name = "policy", .domain = choice("fifo | rr | other")},
    {.name = "priority", .domain = integer(1, 99)},
};

constexpr Tunable process_parameters[] = {
    {.name = "when", .domain = choice("start | always")},
    {.name = "policy", .domain = choice("fifo | rr | other")},
    {.name = "threads", .domain = rows(thread_columns)},
};

constexpr Tunable irq_parameters[] = {
    {.name = "cpus", .domain = cpu_list()},
    {.name = "spread", .domain = choice("one-to-one | all-on-set")},
};

Plugin plugin(std::string name, Selector selector, std::unique_ptr<Bank> bank,
              std::unique_ptr<Rule> rule = nullptr) {
    Plugin made;
    made.name = std::move(name);
    made.selector = selector;
    if (bank) {
        made.banks.push_back(std::move(bank));
    }
    if (rule) {
        made.rules.push_back(std::move(rule));
    }
    return made;
}

}  // namespace

Plugin memory_plugin() {
    return plugin("memory", Selector::ids, std::make_unique<test::SilentBank>(memory_rows));
}

Plugin sysctl_plugin() {
    return plugin("sysctl", Selector::none, std::make_unique<OpenBank>(sysctl_rows));
}

Catalog catalog() {
    Catalog made;
    const auto add = [&made](Plugin plugin) {
        if (!made.add(std::move(plugin))) {
            std::abort();
        }
    };
    add(plugin("nic", Selector::device, std::make_unique<test::SilentBank>(nic_rows)));
    add(plugin("irq", Selector::device, nullptr, std::make_unique<DeclaredRule>(irq_parameters)));
    add(plugin("cpu", Selector::ids, std::make_unique<test::SilentBank>(cpu_rows)));
    add(memory_plugin());
    add(sysctl_plugin());
    add(plugin("boot", Selector::none, std::make_unique<test::SilentBank>(boot_rows)));
    add(plugin("process", Selector::label, nullptr,
               std::make_unique<DeclaredRule>(process_parameters)));
    return made;
}

}  // namespace given
