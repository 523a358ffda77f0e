// Reads where things are by what the kernel tells of each kind.
#include "colocation_bank.hpp"

#include <algorithm>

#include <nanotune/discover.hpp>

#include "memory_nodes.hpp"

namespace nanotune::numa {
namespace {

constexpr Tunable nodes = {
    .name = "nodes",
    .domain = node_list(),
    .summary = "Memory nodes that a NIC, an interrupt or a process of `colocate` is on.",
    .check_only = true,
};

Result<CpuSet> nodes_of_nic(System& system, const std::string& name) {
    NT_TRY(const auto nics, discover::nics(system));
    const auto nic = std::ranges::find(nics, name, &Candidate::device);
    if (nic == nics.end()) {
        return failure(ErrorCode::not_found, "there is no device " + name);
    }
    NT_TRY(const auto memory_nodes, MemoryNodes::of_host(system));
    const auto node = memory_nodes.of_nic(*nic);
    if (!node) {
        return failure(ErrorCode::unsupported, "the kernel does not know the node of " + name);
    }
    return CpuSet::of(*node);
}

Result<CpuSet> nodes_of_interrupt(System& system, const std::string& number) {
    NT_TRY(const auto memory_nodes, MemoryNodes::of_host(system));
    NT_TRY(const std::string list,
           system.files().read("/proc/irq/" + number + "/smp_affinity_list"));
    NT_TRY(const CpuSet cpus, CpuSet::from_list(list));
    return memory_nodes.holding(cpus);
}

// A number may have passed to another process since. Start time is the 22nd field; the name, which
// may hold anything, ends with the last bracket.
Status still_runs(Files& files, const std::string& process, std::string_view start_time) {
    const auto stat = files.read("/proc/" + process + "/stat");
    std::string_view rest = stat ? std::string_view(*stat) : std::string_view();
    rest.remove_prefix(std::min(rest.rfind(')'), rest.size()));
    for (int field = 2; field < 22 && !rest.empty(); ++field) {
        rest.remove_prefix(std::min(rest.find(' '), rest.size()));
        rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
    }
    if (rest.empty() || rest.substr(0, rest.find(' ')) != start_time) {
        return failure(ErrorCode::not_found, "process " + process + " has ended");
    }
    return {};
}

Result<CpuSet> allowed_cpus(Files& files, const std::string& thread) {
    constexpr std::string_view key = "\nCpus_allowed_list:";
    NT_TRY(const std::string status, files.read(thread + "/status"));
    const auto at = status.find(key);
    if (at == std::string::npos) {
        return failure(ErrorCode::unsupported, thread + "/status does not say Cpus_allowed_list");
    }
    const auto start = status.find_first_not_of("\t ", at + key.size());
    return CpuSet::from_list(
        std::string_view(status).substr(start, status.find('\n', start) - start));
}

Result<CpuSet> nodes_of_process(System& system, const std::string& name) {
    const auto colon = name.find(':');
    const std::string process = name.substr(0, colon);
    NT_CHECK(still_runs(system.files(), process, std::string_view(name).substr(colon + 1)));
    NT_TRY(const auto memory_nodes, MemoryNodes::of_host(system));
    const std::string threads_of = "/proc/" + process + "/task/";
    NT_TRY(const auto threads, system.files().list("/proc/" + process + "/task"));
    CpuSet cpus;
    for (const std::string& thread : threads) {
        const auto allowed = allowed_cpus(system.files(), threads_of + thread);
        if (allowed) {  // a thread may have ended meanwhile
            cpus = cpus | *allowed;
        }
    }
    return memory_nodes.holding(cpus);
}

Result<Reading> reading(System& system, const Target& target) {
    const auto found = [&]() -> Result<CpuSet> {
        if (target.kind == "nic") {
            return nodes_of_nic(system, target.name);
        }
        if (target.kind == "irq") {
            return nodes_of_interrupt(system, target.name);
        }
        if (target.kind == "process") {
            return nodes_of_process(system, target.name);
        }
        return failure(ErrorCode::unsupported, target.text() + " is on no memory node; " +
                                                   "colocate says what is compared");
    }();
    NT_TRY(CpuSet on, found);
    return Reading{.value = std::move(on)};
}

std::unexpected<Error> only_read(const Target& target) {
    return failure(
        ErrorCode::unsupported,
        "where " + target.text() + " is can only be compared; bind it by its own setting");
}

}  // namespace

std::vector<const Tunable*> ColocationBank::tunables() const {
    return {&nodes};
}

std::vector<Result<Reading>> ColocationBank::read(System& system, const Target& target,
                                                  std::span<const Tunable* const> wanted) const {
    return {wanted.size(), reading(system, target)};
}

std::vector<Status> ColocationBank::write(System& /*system*/, const Target& target,
                                          std::span<const Assignment> assignments) const {
    return {assignments.size(), only_read(target)};
}

Status ColocationBank::may_write(System& /*system*/, const Target& target,
                                 const Tunable& /*tunable*/) const {
    return only_read(target);
}

}  // namespace nanotune::numa
