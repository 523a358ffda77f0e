// Interrupts: four files show one affinity, and /proc/interrupts names them all.
#include <algorithm>
#include <cerrno>

#include "support/kernel_habits.hpp"

namespace nanotune::test {

namespace {

const std::string online_cell = "/sys/devices/system/cpu/online";

unsigned irq_in(const std::string& path) {
    return static_cast<unsigned>(std::stoul(path.substr(std::string("/proc/irq/").size())));
}

CpuSet requested(const Write& write) {
    const bool is_list = write.key.ends_with("_list");
    return (is_list ? CpuSet::from_list(write.text) : CpuSet::from_mask(write.text))
        .value_or(CpuSet());
}

void set_affinity(Edit& edit, unsigned irq, const CpuSet& cpus) {
    const auto put = [&](const std::string& name, const CpuSet& set) {
        edit.set(irq_file(irq, name), padded_mask(edit.cells(), set));
        edit.set(irq_file(irq, name + "_list"), set.list());
    };
    put("smp_affinity", cpus);
    const auto usable = (cpus & cpus_in(edit.cells(), online_cell)).first();
    if (!edit.cells().contains("irq:" + std::to_string(irq) + ":idle") && usable) {
        put("effective_affinity", CpuSet::of(*usable));
    }
}

}  // namespace

std::string padded_mask(const Cells& cells, const CpuSet& cpus) {
    const std::string mask = cpus.mask();
    const auto last = cpus_in(cells, "/sys/devices/system/cpu/possible").last().value_or(0);
    const std::size_t width = (std::min(last, 31U) / 4) + 1;  // wider hosts print groups of eight
    return mask.size() < width ? std::string(width - mask.size(), '0') + mask : mask;
}

void add_interrupt(Edit& edit, unsigned irq, const std::string& action, int node) {
    const CpuSet usual = CpuSet::from_mask(text_of(edit.cells(), "/proc/irq/default_smp_affinity"))
                             .value_or(CpuSet::of(0));
    edit.set(irq_file(irq, action + "/"), "");
    edit.set(irq_file(irq, "node"), std::to_string(node));
    edit.set(irq_file(irq, "affinity_hint"), padded_mask(edit.cells(), CpuSet()));
    edit.set(irq_file(irq, "effective_affinity"), padded_mask(edit.cells(), CpuSet::of(0)));
    edit.set(irq_file(irq, "effective_affinity_list"), "0");
    set_affinity(edit, irq, usual);
}

void write_interrupt_table(Edit& edit) {
    const CpuSet online = cpus_in(edit.cells(), online_cell);
    std::string table = "    ";
    for (const unsigned cpu : online.members()) {
        table += "       CPU" + std::to_string(cpu);
    }
    std::vector<std::pair<unsigned, std::string>> actions;
    for (const std::string& key : keys_below(edit.cells(), "/proc/irq/")) {
        if (key.ends_with('/')) {
            const std::size_t slash = key.find('/', 10);
            actions.emplace_back(irq_in(key), key.substr(slash + 1, key.size() - slash - 2));
        }
    }
    std::ranges::sort(actions);
    for (const auto& [irq, action] : actions) {
        table += "\n " + std::to_string(irq) + ":";
        for (std::size_t i = 0; i < online.size(); ++i) {
            table += "          0";
        }
        table += "  PCI-MSIX-0000:01:00.0   1-edge      " + action;
    }
    edit.set("/proc/interrupts", table);
}

void break_affinity(Edit& edit) {
    const CpuSet online = cpus_in(edit.cells(), online_cell);
    for (const std::string& key : keys_below(edit.cells(), "/proc/irq/")) {
        if (key.ends_with("/smp_affinity_list") && !cpus_in(edit.cells(), key).intersects(online)) {
            set_affinity(edit, irq_in(key), online);
        }
    }
}

void add_irq_habits(FakeHost& host) {
    for (const char* name : {"smp_affinity", "smp_affinity_list"}) {
        const std::string pattern = std::string("/proc/irq/*/") + name;
        host.check(pattern, [](const Cells& cells, const Write& write) -> std::optional<Refusal> {
            if (requested(write).intersects(cpus_in(cells, online_cell))) {
                return std::nullopt;
            }
            return Refusal{.error = EINVAL};
        });
        host.on_write(pattern, [](Edit& edit, const Write& write) {
            set_affinity(edit, irq_in(write.key), requested(write));
        });
    }
}

}  // namespace nanotune::test
