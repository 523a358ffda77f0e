#include "room_to_keep_house.hpp"

#include <algorithm>
#include <array>

#include "settings/combination.hpp"

namespace nanotune::datapath {
namespace {

/// However often it is started again, from what is there then.
bool stays_asleep(const WorkerSettings& settings) {
    return sleeps(settings, said(settings, "backend")) || settings.contains(only_asleep);
}

CpuSet real_time_cpus(const WorkerSettings& settings) {
    const std::string priority = said(settings, "priority");
    const bool is_real_time = !priority.empty() && priority != "0";
    return is_real_time && !stays_asleep(settings)
               ? CpuSet::from_list(said(settings, "cpus")).value_or(CpuSet())
               : CpuSet();
}

}  // namespace

std::string said(const WorkerSettings& settings, std::string_view name) {
    const auto found = settings.find(name);
    return found == settings.end() ? std::string() : found->second;
}

bool sleeps(const WorkerSettings& settings, std::string_view backend) {
    return backend.starts_with("xdp") && said(settings, "protocol") != "tcp";
}

bool may_sleep(const WorkerSettings& settings) {
    return said(settings, "backend") == "auto" && said(settings, "protocol") != "tcp" &&
           !said(settings, "interface").empty();
}

Status leaves_house(System& system, const std::string& name, const WorkerSettings& settings) {
    CpuSet taken = real_time_cpus(settings);
    if (taken.empty()) {
        return {};
    }
    NT_TRY(const auto names, system.workers().names());
    for (const std::string& other : names) {
        const auto worker = system.workers().worker(other);
        if (other != name && worker && worker->is_running) {
            taken = taken | real_time_cpus(worker->settings);
        }
    }
    const auto cpus_in = [&system](const std::string& list) {
        const auto text = system.files().read("/sys/devices/system/cpu/" + list);
        return text ? CpuSet::from_list(*text) : Result<CpuSet>(CpuSet());
    };
    NT_TRY(const CpuSet online, cpus_in("online"));
    NT_TRY(const CpuSet isolated, cpus_in("isolated"));
    return online.empty() ? Status() : leaves_house(taken, online, isolated);
}

Result<WorkerSettings> with_room(System& system, const std::string& name,
                                 const WorkerSettings& settings, WorkerSettings changes) {
    const auto has_part = [&changes](const char* setting) { return changes.contains(setting); };
    if (std::ranges::none_of(std::array{"cpus", "priority", "backend", "protocol", "interface"},
                             has_part)) {
        return changes;
    }
    const Status house = leaves_house(system, name, settings);
    if (!house && !may_sleep(settings)) {
        return std::unexpected(house.error());
    }
    changes.emplace(only_asleep, house ? "" : "1");
    return changes;
}

}  // namespace nanotune::datapath
