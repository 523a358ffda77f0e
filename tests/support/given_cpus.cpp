// CPUs, their frequency and idle states, and their memory nodes.
#include "support/kernel_habits.hpp"

namespace nanotune::test {

namespace {

const std::string cpu_folder = "/sys/devices/system/cpu/";
const std::string node_folder = "/sys/devices/system/node/";

void add_cpu(FakeHost& host, unsigned cpu, unsigned socket, const CpuSet& core) {
    const std::string number = std::to_string(cpu);
    const std::string folder = cpu_folder + "cpu" + number + "/";
    const std::string node = std::to_string(socket);
    host.with(folder + "topology/thread_siblings_list", core.list())
        .with(folder + "topology/core_cpus_list", core.list())
        .with(folder + "topology/core_id", std::to_string(core.first().value_or(0)))
        .with(folder + "topology/physical_package_id", node)
        .with(folder + "power/pm_qos_resume_latency_us", "0")
        .with("core:" + number, core.list())
        .with("/sys/kernel/debug/sched/fair_server/cpu" + number + "/runtime", "50000000")
        .with("/sys/kernel/debug/sched/fair_server/cpu" + number + "/period", "1000000000");
    host.cells["symlink:" + folder + "node" + node] = node_folder + "node" + node;
    if (cpu != 0) {
        host.with(folder + "online", "1");
    }
}

}  // namespace

FakeHost& FakeHost::with_cpus(const CpuOptions& options) {
    std::erase_if(cells, [](const auto& cell) {
        return cell.first.starts_with(cpu_folder) || cell.first.starts_with(node_folder) ||
               cell.first.starts_with("core:") || cell.first.starts_with("socket:") ||
               cell.first.starts_with("symlink:" + cpu_folder);
    });
    const unsigned cores = options.sockets * options.cores;
    const CpuSet all = CpuSet::range(0, (cores * options.threads) - 1);
    for (const char* name : {"present", "possible", "online"}) {
        with(cpu_folder + name, all.list());
    }
    for (const char* name : {"offline", "isolated", "nohz_full"}) {
        with(cpu_folder + name, "");
    }
    const bool has_smt = options.threads > 1;
    with(cpu_folder + "smt/control", has_smt ? "on" : "notsupported");
    with(cpu_folder + "smt/active", has_smt ? "1" : "0");
    for (unsigned socket = 0; socket < options.sockets; ++socket) {
        CpuSet members;
        for (unsigned i = 0; i < options.cores; ++i) {
            CpuSet core;
            for (unsigned thread = 0; thread < options.threads; ++thread) {
                core.add((thread * cores) + (socket * options.cores) + i);
            }
            for (const unsigned cpu : core.members()) {
                add_cpu(*this, cpu, socket, core);
            }
            members = members | core;
        }
        with("socket:" + std::to_string(socket), members.list());
        with(node_folder + "node" + std::to_string(socket) + "/cpulist", members.list());
    }
    for (const char* name : {"online", "possible"}) {
        with(node_folder + name, CpuSet::range(0, options.sockets - 1).list());
    }
    with("/proc/irq/default_smp_affinity", padded_mask(cells, all));
    Edit edit(cells);
    write_interrupt_table(edit);
    return *this;
}

FakeHost& FakeHost::with_cpufreq(const FrequencyOptions& options) {
    const auto folder_of = [](const char* kind, const std::string& number) {
        return cpu_folder + kind + number;
    };
    for (const unsigned cpu : cpus_in(cells, cpu_folder + "online").members()) {
        const std::string number = std::to_string(cpu);
        const std::string own = folder_of("cpu", number);
        const std::string policy = folder_of("cpufreq/policy", number);
        const std::string folder = policy + "/";
        with(folder + "scaling_governor", options.governor)
            .with(folder + "scaling_available_governors", options.governors)
            .with(folder + "scaling_driver", options.intel ? "intel_cpufreq" : "acpi-cpufreq")
            .with(folder + "scaling_min_freq", std::to_string(options.min_frequency))
            .with(folder + "scaling_max_freq", std::to_string(options.max_frequency))
            .with(folder + "cpuinfo_min_freq", "800000")
            .with(folder + "cpuinfo_max_freq", "4000000")
            .with(folder + "affected_cpus", number)
            .with(folder + "related_cpus", number)
            .with(folder + "energy_performance_preference", options.energy_preference)
            .with(folder + "energy_performance_available_preferences",
                  "default performance balance_performance balance_power power")
            .with(own + "/power/energy_perf_bias", "6");
        with_symlink(own + "/cpufreq", policy);
    }
    if (options.intel) {
        with(cpu_folder + "intel_pstate/status", "passive")
            .with(cpu_folder + "intel_pstate/no_turbo", "0")
            .with(cpu_folder + "intel_pstate/min_perf_pct", "20")
            .with(cpu_folder + "intel_pstate/max_perf_pct", "100")
            .with(cpu_folder + "intel_uncore_frequency/package_00_die_00/min_freq_khz", "800000")
            .with(cpu_folder + "intel_uncore_frequency/package_00_die_00/max_freq_khz", "2400000");
    } else {
        with(cpu_folder + "cpufreq/boost", "1");
    }
    return *this;
}

FakeHost& FakeHost::with_cpuidle() {
    const struct {
        const char* name;
        const char* latency;
    } states[] = {{"POLL", "0"}, {"C1", "2"}, {"C1E", "10"}, {"C6", "133"}};
    for (const unsigned cpu : cpus_in(cells, cpu_folder + "online").members()) {
        unsigned number = 0;
        for (const auto& state : states) {
            const std::string folder = cpu_folder + "cpu" + std::to_string(cpu) + "/cpuidle/state" +
                                       std::to_string(number++) + "/";
            with(folder + "name", state.name)
                .with(folder + "latency", state.latency)
                .with(folder + "disable", "0");
        }
    }
    return with(cpu_folder + "cpuidle/current_driver", "intel_idle")
        .with(cpu_folder + "cpuidle/current_governor", "menu");
}

FakeHost& FakeHost::with_node(unsigned node, const NodeOptions& options) {
    const std::string folder = node_folder + "node" + std::to_string(node) + "/";
    with(folder + "hugepages/hugepages-2048kB/nr_hugepages", std::to_string(options.hugepages_2m));
    with(folder + "hugepages/hugepages-1048576kB/nr_hugepages",
         std::to_string(options.hugepages_1g));
    return with(folder + "distance", node == 0 ? "10 21" : "21 10");
}

}  // namespace nanotune::test
