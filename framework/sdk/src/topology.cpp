// Which CPUs share a core and a node, and what is left when some go offline.
#include <algorithm>

#include <fmt/format.h>

#include <nanotune/topology.hpp>

#include "text.hpp"

namespace nanotune {

namespace {

constexpr std::string_view cpu_folder = "/sys/devices/system/cpu";
constexpr std::string_view node_folder = "/sys/devices/system/node";

Result<CpuSet> listed(Files& files, const std::string& path) {
    NT_TRY(const std::string text, files.read(path));
    auto cpus = CpuSet::from_list(text);
    if (!cpus) {
        return std::unexpected(std::move(cpus).error().within(path));
    }
    return cpus;
}

/// An absent file is an empty set.
Result<CpuSet> listed_if_there(Files& files, const std::string& path) {
    auto cpus = listed(files, path);
    if (!cpus && cpus.error().code == ErrorCode::not_found) {
        return CpuSet{};
    }
    return cpus;
}

Result<std::vector<CpuSet>> observed_cores(Files& files, const CpuSet& online) {
    std::vector<CpuSet> cores;
    CpuSet seen;
    for (const unsigned cpu : online.members()) {
        if (seen.contains(cpu)) {
            continue;
        }
        NT_TRY(CpuSet threads,
               listed_if_there(
                   files, fmt::format("{}/cpu{}/topology/thread_siblings_list", cpu_folder, cpu)));
        threads.add(cpu);
        threads = (threads & online) - seen;
        seen = seen | threads;
        cores.push_back(std::move(threads));
    }
    return cores;
}

Result<std::map<unsigned, CpuSet>> observed_nodes(Files& files, const CpuSet& present) {
    std::map<unsigned, CpuSet> nodes;
    const auto names = files.list(std::string(node_folder));
    if (!names && names.error().code != ErrorCode::not_found) {
        return std::unexpected(names.error());
    }
    for (const std::string& name : names.value_or(std::vector<std::string>{})) {
        const auto number =
            name.starts_with("node") ? decimal(std::string_view(name).substr(4)) : std::nullopt;
        if (!number || *number < 0 || *number >= CpuSet::limit) {
            continue;
        }
        NT_TRY(CpuSet cpus,
               listed_if_there(files, fmt::format("{}/{}/cpulist", node_folder, name)));
        nodes.emplace(static_cast<unsigned>(*number), std::move(cpus));
    }
    if (nodes.empty()) {
        nodes.emplace(0, present);
    }
    return nodes;
}

}  // namespace

CpuSet Topology::siblings(unsigned cpu) const {
    const auto core =
        std::ranges::find_if(cores, [cpu](const CpuSet& threads) { return threads.contains(cpu); });
    return core == cores.end() ? CpuSet{} : *core;
}

std::optional<unsigned> Topology::node_of(unsigned cpu) const {
    return nodes_of(CpuSet::of(cpu)).first();
}

CpuSet Topology::nodes_of(const CpuSet& cpus) const {
    CpuSet touched;
    for (const auto& [number, members] : nodes) {
        if (members.intersects(cpus)) {
            touched.add(number);
        }
    }
    return touched;
}

Topology Topology::without_siblings() const {
    CpuSet secondary;
    for (const CpuSet& core : cores) {
        CpuSet threads = core & online;
        if (const auto primary = threads.first()) {
            threads.remove(*primary);
        }
        secondary = secondary | threads;
    }
    return without(secondary);
}

Topology Topology::without(const CpuSet& cpus) const {
    Topology rest = *this;
    rest.online = online - cpus;
    rest.cores.clear();
    for (const CpuSet& core : cores) {
        if (CpuSet threads = core - cpus; !threads.empty()) {
            rest.cores.push_back(std::move(threads));
        }
    }
    for (auto& [number, members] : rest.nodes) {
        members = members - cpus;
    }
    return rest;
}

Result<Topology> observed_topology(Files& files) {
    Topology host;
    NT_TRY(host.present, listed(files, fmt::format("{}/present", cpu_folder)));
    NT_TRY(host.online, listed(files, fmt::format("{}/online", cpu_folder)));
    NT_TRY(host.isolated, listed_if_there(files, fmt::format("{}/isolated", cpu_folder)));
    NT_TRY(host.cores, observed_cores(files, host.online));
    NT_TRY(host.nodes, observed_nodes(files, host.present));
    return host;
}

}  // namespace nanotune
