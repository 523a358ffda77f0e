// Sockets, caches and memory, from sysfs. Only the lists of CPUs must be there: a guest may have no
// caches, a kernel without NUMA no nodes.
#include <algorithm>

#include <fmt/format.h>

#include <nanotune/hardware.hpp>
#include <nanotune/words.hpp>

#include "text.hpp"

namespace nanotune {

namespace {

constexpr std::string_view cpu_folder = "/sys/devices/system/cpu";
constexpr std::string_view node_folder = "/sys/devices/system/node";

std::optional<std::uint64_t> number_in(Files& files, const std::string& path) {
    const auto text = files.read(path);
    const auto number = text ? decimal(trimmed(*text)) : std::nullopt;
    return number && *number >= 0 ? std::optional(static_cast<std::uint64_t>(*number))
                                  : std::nullopt;
}

/// Empty where the kernel says nothing, or "(null)", as it did for nohz_full.
CpuSet cpus_in(Files& files, const std::string& path) {
    const auto text = files.read(path);
    return text ? CpuSet::from_list(*text).value_or(CpuSet()) : CpuSet();
}

/// The number behind a word: 2 for "node2". Nothing for other names.
std::optional<unsigned> number_behind(std::string_view name, std::string_view word) {
    const auto number = name.starts_with(word) ? decimal(name.substr(word.size())) : std::nullopt;
    return number && *number >= 0 && *number < CpuSet::limit
               ? std::optional(static_cast<unsigned>(*number))
               : std::nullopt;
}

/// "2048K", "32M", "1048576kB".
std::uint64_t bytes_of(std::string_view text) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = static_cast<std::uint64_t>(decimal(text.substr(0, digits)).value_or(0));
    const std::string_view unit = text.substr(digits);
    if (unit.starts_with('K') || unit.starts_with('k')) {
        return number << 10U;
    }
    return unit.starts_with('M') ? number << 20U : unit.starts_with('G') ? number << 30U : number;
}

std::map<unsigned, CpuSet> observed_sockets(Files& files, const CpuSet& online) {
    std::map<unsigned, CpuSet> sockets;
    for (const unsigned cpu : online.members()) {
        const auto socket =
            number_in(files, fmt::format("{}/cpu{}/topology/physical_package_id", cpu_folder, cpu));
        if (socket) {
            sockets[static_cast<unsigned>(*socket)].add(cpu);
        }
    }
    return sockets;
}

/// A file says it, where the CPU is online; the link stays when it goes offline.
std::map<unsigned, CpuSet> offline_of_nodes(Files& files, const CpuSet& offline) {
    std::map<unsigned, CpuSet> nodes;
    for (const unsigned cpu : offline.members()) {
        const auto names = files.list(fmt::format("{}/cpu{}", cpu_folder, cpu));
        for (const std::string& name : names.value_or(std::vector<std::string>{})) {
            if (const auto node = number_behind(name, "node")) {
                nodes[*node].add(cpu);
            }
        }
    }
    return nodes;
}

std::vector<Cache> observed_caches(Files& files, const CpuSet& online) {
    std::vector<Cache> caches;
    for (const unsigned cpu : online.members()) {
        const std::string folder = fmt::format("{}/cpu{}/cache/", cpu_folder, cpu);
        const auto names = files.list(folder.substr(0, folder.size() - 1));
        for (const std::string& name : names.value_or(std::vector<std::string>{})) {
            const auto level = number_in(files, folder + name + "/level");
            const bool is_known = !level || *level < 2 ||
                                  std::ranges::any_of(
                                      caches,
                                      [&](const Cache& cache) {
                                          return cache.level == *level && cache.cpus.contains(cpu);
                                      });
            if (is_known || files.read(folder + name + "/type").value_or("") == "Instruction") {
                continue;
            }
            CpuSet cpus = cpus_in(files, folder + name + "/shared_cpu_list") & online;
            cpus.add(cpu);
            caches.push_back({.level = static_cast<unsigned>(*level),
                              .bytes = bytes_of(files.read(folder + name + "/size").value_or("")),
                              .cpus = std::move(cpus)});
        }
    }
    std::ranges::sort(caches, {}, [](const Cache& cache) {
        return std::pair(cache.level, cache.cpus.first().value_or(0));
    });
    return caches;
}

std::vector<HugePages> huge_pages_of(Files& files, const std::string& folder) {
    constexpr std::string_view word = "hugepages-";
    std::vector<HugePages> sizes;
    for (const std::string& name : files.list(folder).value_or(std::vector<std::string>{})) {
        const auto total = number_in(files, folder + "/" + name + "/nr_hugepages");
        if (total && name.starts_with(word)) {
            const auto free = number_in(files, folder + "/" + name + "/free_hugepages");
            sizes.push_back({.bytes = bytes_of(std::string_view(name).substr(word.size())),
                             .total = *total,
                             .free = free.value_or(0)});
        }
    }
    std::ranges::sort(sizes, {}, &HugePages::bytes);
    return sizes;
}

/// "Node 0 MemTotal:  1016532 kB", a line each.
std::optional<NodeMemory> memory_of(Files& files, const std::string& folder) {
    const auto text = files.read(folder + "/meminfo");
    if (!text) {
        return std::nullopt;
    }
    NodeMemory memory;
    memory.huge_pages = huge_pages_of(files, folder + "/hugepages");
    const auto words = split_words(*text);
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        const auto kibibytes = static_cast<std::uint64_t>(decimal(words[i + 1]).value_or(0));
        if (words[i] == "MemTotal:") {
            memory.bytes = kibibytes << 10U;
        } else if (words[i] == "MemFree:") {
            memory.free_bytes = kibibytes << 10U;
        }
    }
    return memory;
}

}  // namespace

Result<Hardware> observed_hardware(Files& files) {
    Hardware host;
    NT_TRY(host.topology, observed_topology(files));
    const CpuSet& online = host.topology.online;
    host.partitioned = cpus_in(files, "/sys/fs/cgroup/cpuset.cpus.isolated");
    host.nohz_full = cpus_in(files, fmt::format("{}/nohz_full", cpu_folder));
    host.sockets = observed_sockets(files, online);
    host.offline = offline_of_nodes(files, host.topology.present - online);
    host.caches = observed_caches(files, online);
    for (const auto& [node, cpus] : host.topology.nodes) {
        if (auto memory = memory_of(files, fmt::format("{}/node{}", node_folder, node))) {
            host.memory.emplace(node, *std::move(memory));
        }
    }
    return host;
}

}  // namespace nanotune
