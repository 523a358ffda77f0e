// A host as a value: what its kernel holds and how it behaves. Tests build one with given.hpp, run
// the code under test on a FakeSystem over it, and compare it with the copy they took before.
#pragma once

#include <set>
#include <string>

#include <nanotune/system.hpp>

#include "support/behaviour.hpp"
#include "support/cells.hpp"
#include "support/host_options.hpp"

namespace nanotune::test {

/// Patterns are those of `fits`. Every function that sets a behaviour returns the host, for
/// chaining.
struct FakeHost {
    Cells cells;
    Behaviours behaviours;
    std::set<Capability> capabilities = {Capability::net_admin, Capability::sys_admin,
                                         Capability::sys_nice, Capability::sys_resource,
                                         Capability::dac_override};
    std::string session_address = {};

    FakeHost& with(const std::string& key, std::string text);
    FakeHost& without(std::string_view pattern);
    /// The last path component of a symbolic link is what `link_name` answers.
    FakeHost& with_symlink(const std::string& path, const std::string& to);

    FakeHost& with_cpus(const CpuOptions& options);
    FakeHost& with_cpufreq(const FrequencyOptions& options = {});
    FakeHost& with_cpuidle();
    /// Adds hugepages to a memory node.
    FakeHost& with_node(unsigned node, const NodeOptions& options = {});
    FakeHost& with_nic(const std::string& name, const NicOptions& options = {});
    /// By the dotted or slashed name, or all that full hosts have.
    FakeHost& with_sysctl(std::string_view name, std::string text);
    FakeHost& with_sysctls();
    /// Hugepage, KSM and clock files with a distribution's defaults.
    FakeHost& with_memory_files();
    FakeHost& with_process(const std::string& comm, const ProcessOptions& options);
    /// A running irqbalance that answers on its socket and bans no interrupt.
    FakeHost& with_irqbalance();

    /// Writes are answered with an errno and the kernel's words.
    FakeHost& refuse(const std::string& pattern, const Refusal& refusal);
    FakeHost& check(const std::string& pattern, Check check);
    /// Writes are accepted and change nothing.
    FakeHost& ignore_writes_to(const std::string& pattern);
    /// Numbers above `maximum` become it.
    FakeHost& clamp(const std::string& pattern, long long maximum);
    /// Numbers become the next lower multiple, but at least one.
    FakeHost& round_down(const std::string& pattern, long long multiple);
    FakeHost& adjust(const std::string& pattern, Adjustment adjustment);
    /// The cell shows all words and brackets the chosen one; others are refused.
    FakeHost& show_choices(const std::string& pattern);
    FakeHost& on_write(const std::string& pattern, Effect effect);
    /// A write to a cell of `pattern` sets every cell of `lost` to `text`.
    FakeHost& reset_on_write(const std::string& pattern, const std::string& lost,
                             const std::string& text);
    /// A write to a cell of `pattern` takes the device's carrier away. It comes back after as many
    /// looks at the link, and not at all for 0.
    FakeHost& lose_carrier_on_write(const std::string& pattern, const std::string& device,
                                    unsigned looks);
    /// Writes block until FakeSystem::release().
    FakeHost& hang(const std::string& pattern);
    /// Reads of files do.
    FakeHost& hang_reads(const std::string& pattern);
    FakeHost& read_only(const std::string& pattern);
    FakeHost& unreadable(const std::string& pattern);
    /// The effective affinity follows the requested one only after interrupt().
    FakeHost& idle_interrupt(unsigned irq);
    void interrupt(unsigned irq);

    FakeHost& lacks(Capability capability);
    FakeHost& unprivileged();

    [[nodiscard]] std::string text(std::string_view key) const { return text_of(cells, key); }

    /// By what the kernel holds; behaviours do not count.
    friend bool operator==(const FakeHost& a, const FakeHost& b) { return a.cells == b.cells; }
};

/// Differences of what the two hosts hold, a line each; `no_difference` when equal.
[[nodiscard]] inline std::string difference(const FakeHost& before, const FakeHost& after) {
    return difference(before.cells, after.cells);
}

/// Names of the cells that are no files.
[[nodiscard]] std::string ethtool_cell(std::string_view device, unsigned get_command,
                                       unsigned attribute);
[[nodiscard]] std::string feature_cell(std::string_view device, std::string_view feature);
[[nodiscard]] std::string bit_cell(std::string_view device, unsigned get_command,
                                   unsigned attribute, std::string_view bit);
/// `field` is table, key or function.
[[nodiscard]] std::string rss_cell(std::string_view device, std::string_view field);
/// `field` is tx or rx.
[[nodiscard]] std::string stamps_cell(std::string_view device, std::string_view field);
[[nodiscard]] std::string flow_cell(std::string_view device, std::string_view location);
[[nodiscard]] std::string qdisc_cell(std::string_view device);
/// `place` is "TYPE:PARAMETER:MODE".
[[nodiscard]] std::string devlink_cell(std::string_view bus, std::string_view device,
                                       std::string_view place);
[[nodiscard]] std::string link_cell(std::string_view device, std::string_view field);
[[nodiscard]] std::string link_number_cell(std::string_view device, unsigned attribute);
[[nodiscard]] std::string napi_cell(unsigned napi, std::string_view field);
[[nodiscard]] std::string counter_cell(std::string_view device, std::string_view name);
[[nodiscard]] std::string queue_coalesce_cell(std::string_view device, unsigned queue,
                                              unsigned attribute);
[[nodiscard]] std::string task_cell(unsigned thread, std::string_view field);
[[nodiscard]] std::string worker_cell(std::string_view name);
[[nodiscard]] std::string irq_file(unsigned irq, std::string_view name);

}  // namespace nanotune::test
