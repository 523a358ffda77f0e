// CPUs, frequency policies and memory nodes, as sysfs lists them.
#include <algorithm>

#include <fmt/format.h>

#include <nanotune/discover.hpp>

namespace nanotune::discover {
namespace {

constexpr std::string_view cpu_folder = "/sys/devices/system/cpu/";
constexpr std::string_view node_folder = "/sys/devices/system/node/";

Candidate numbered(std::string_view kind, unsigned number) {
    const std::string name = std::to_string(number);
    return {.target = {.kind = std::string(kind), .name = name},
            .ids = CpuSet::of(number),
            .facts = {{"name", name}}};
}

Result<CpuSet> set_in(Files& files, const std::string& path) {
    NT_TRY(std::string text, files.read(path));
    std::ranges::replace(text, ' ', ',');  // cpufreq separates by spaces
    return CpuSet::from_list(text);
}

}  // namespace

Result<std::vector<Candidate>> host(System& /*system*/) {
    return std::vector<Candidate>{{.target = Target::host()}};
}

Result<std::vector<Candidate>> online_cpus(System& system) {
    NT_TRY(const CpuSet online, set_in(system.files(), std::string(cpu_folder) + "online"));
    std::vector<Candidate> cpus;
    for (const unsigned cpu : online.members()) {
        cpus.push_back(numbered("cpu", cpu));
    }
    return cpus;
}

Result<std::vector<Candidate>> hotpluggable_cpus(System& system) {
    const std::string folder(cpu_folder);
    NT_TRY(const CpuSet present, set_in(system.files(), folder + "present"));
    std::vector<Candidate> cpus;
    for (const unsigned cpu : present.members()) {
        if (system.files().exists(folder + "cpu" + std::to_string(cpu) + "/online")) {
            cpus.push_back(numbered("cpu", cpu));
        }
    }
    return cpus;
}

Result<std::vector<Candidate>> frequency_policies(System& system) {
    const std::string folder = std::string(cpu_folder) + "cpufreq";
    std::vector<Candidate> policies;
    const auto names = system.files().list(folder);
    if (!names) {
        if (names.error().code == ErrorCode::not_found) {
            return policies;
        }
        return std::unexpected(names.error());
    }
    for (const std::string& name : *names) {
        constexpr std::string_view prefix = "policy";
        if (!name.starts_with(prefix)) {
            continue;
        }
        auto cpus = set_in(system.files(), fmt::format("{}/{}/affected_cpus", folder, name));
        if (!cpus || cpus->empty()) {  // no CPU of it is online: it has no settings now
            continue;
        }
        const std::string number = name.substr(prefix.size());
        policies.push_back({.target = {.kind = "policy", .name = number},
                            .ids = *std::move(cpus),
                            .facts = {{"name", number}}});
    }
    std::ranges::sort(policies, {}, [](const Candidate& policy) { return policy.ids.first(); });
    return policies;
}

Result<std::vector<Candidate>> nodes(System& system) {
    std::vector<Candidate> found;
    auto online = set_in(system.files(), std::string(node_folder) + "online");
    if (!online) {
        if (online.error().code == ErrorCode::not_found) {
            return found;  // a kernel without NUMA
        }
        return std::unexpected(std::move(online).error());
    }
    for (const unsigned node : online->members()) {
        found.push_back(numbered("node", node));
    }
    return found;
}

}  // namespace nanotune::discover
