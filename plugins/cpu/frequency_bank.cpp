#include "frequency_bank.hpp"

#include <algorithm>

#include <nanotune/modules.hpp>
#include <nanotune/offered.hpp>
#include <nanotune/words.hpp>

namespace nanotune::cpu {
namespace {

/// They pick the frequency themselves, by performance or powersave, and the kernel asks no module.
bool has_own_governors(std::string_view driver) {
    return driver == "intel_pstate" || driver == "amd-pstate-epp";
}

/// Why the kernel loads none of this name for the driver; "" where it may.
std::string why_not_loaded(Files& files, const std::string& driver, const std::string& governor) {
    if (has_own_governors(driver)) {
        return driver + " has governors of its own";
    }
    if (const std::string_view why_none = why_none_is_loaded(files); !why_none.empty()) {
        return "and " + std::string(why_none);
    }
    const std::string module = "cpufreq_" + governor;
    return module_of(files, module) == Module::is_not_there
               ? "nor is there a module " + module + " for this kernel"
               : std::string();
}

Status has_governor(Files& files, const Target& policy, const std::string& wanted) {
    const std::string folder = "/sys/devices/system/cpu/cpufreq/policy" + policy.name + "/";
    const auto available = files.read(folder + "scaling_available_governors");
    const auto words = split_words(available ? std::string_view(*available) : std::string_view());
    if (words.empty() || std::ranges::find(words, wanted) != words.end()) {
        return {};
    }
    const std::string why =
        why_not_loaded(files, files.read(folder + "scaling_driver").value_or(""), wanted);
    return why.empty() ? Status() : not_offered(wanted, *available, why);
}

}  // namespace

std::vector<Status> FrequencyBank::may_hold(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const {
    auto statuses = FileBank::may_hold(system, target, assignments);
    for (std::size_t i = 0; i < assignments.size(); ++i) {
        const auto* word = std::get_if<std::string>(&assignments[i].value);
        if (statuses[i] && word != nullptr && assignments[i].tunable->name == "governor") {
            statuses[i] = has_governor(system.files(), target, *word);
        }
    }
    return statuses;
}

}  // namespace nanotune::cpu
