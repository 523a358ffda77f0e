#include "discovery.hpp"

#include <string>

namespace nanotune::cpu {
namespace {

// Folders of `parent` that have the file.
Result<std::vector<Candidate>> folders_with(System& system, std::string_view kind,
                                            const std::string& parent, const std::string& file) {
    std::vector<Candidate> found;
    const auto names = system.files().list(parent);
    if (!names && names.error().code != ErrorCode::not_found) {
        return std::unexpected(names.error());
    }
    for (const std::string& name : names.value_or(std::vector<std::string>{})) {
        if (system.files().exists(parent + "/" + name + "/" + file)) {
            found.push_back(
                {.target = {.kind = std::string(kind), .name = name}, .facts = {{"name", name}}});
        }
    }
    return found;
}

}  // namespace

Result<std::vector<Candidate>> workqueues(System& system) {
    return folders_with(system, "workqueue", "/sys/devices/virtual/workqueue", "cpumask");
}

Result<std::vector<Candidate>> uncore_dies(System& system) {
    return folders_with(system, "uncore", "/sys/devices/system/cpu/intel_uncore_frequency",
                        "min_freq_khz");
}

}  // namespace nanotune::cpu
