#include "boost_bank.hpp"

#include <algorithm>
#include <cerrno>

#include <nanotune/numbers.hpp>
#include <nanotune/words.hpp>

namespace nanotune::cpu {
namespace {

const Value on{true};

/// How intel_pstate and cpufreq answer where there is nothing to turn on.
bool is_of_firmware(const Error& error) {
    return error.kernel_errno == EPERM || error.kernel_errno == EINVAL ||
           error.kernel_errno == EOPNOTSUPP;
}

/// What cpuinfo lists of the first CPU; nothing where it does not.
std::vector<std::string_view> flags_in(std::string_view cpuinfo) {
    const auto label = cpuinfo.find("\nflags");
    const std::string_view line =
        label == std::string_view::npos
            ? std::string_view()
            : cpuinfo.substr(label, cpuinfo.find('\n', label + 1) - label);
    return split_words(line.substr(std::min(line.find(':') + 1, line.size())));
}

std::optional<std::uint64_t> performance(Files& files, std::string_view which) {
    const auto text = files.read("/sys/devices/system/cpu/cpu0/acpi_cppc/" + std::string(which));
    return text ? whole_number<std::uint64_t>(*text) : std::nullopt;
}

}  // namespace

/// The processor takes the flag back where the firmware has turned turbo off (Intel's SDM,
/// IA32_MISC_ENABLE).
Status has_turbo(Files& files) {
    const auto cpuinfo = files.read("/proc/cpuinfo");
    const auto flags = flags_in(cpuinfo ? std::string_view(*cpuinfo) : std::string_view());
    return flags.empty() || std::ranges::find(flags, "ida") != flags.end()
               ? Status()
               : failure(ErrorCode::unsupported,
                         "the firmware has turned turbo off, or the processor has none: "
                         "/proc/cpuinfo does not list ida");
}

/// As amd_pstate asks. Other drivers turn boost on all the same, and while it is off a processor
/// may tell no more than the nominal one.
Status has_boost(Files& files) {
    const auto driver = files.read("/sys/devices/system/cpu/cpufreq/policy0/scaling_driver");
    if (!driver || !driver->starts_with("amd-pstate")) {
        return {};
    }
    const auto highest = performance(files, "highest_perf");
    const auto nominal = performance(files, "nominal_perf");
    return !highest || !nominal || *highest > *nominal
               ? Status()
               : failure(ErrorCode::unsupported,
                         "the firmware has turned boost off, or the processor has none: CPU 0's "
                         "highest_perf is its nominal_perf");
}

std::vector<Status> BoostBank::may_hold(System& system, const Target& target,
                                        std::span<const Assignment> assignments) const {
    std::vector<Status> statuses;
    for (const auto& [tunable, value] : assignments) {
        const auto now = read(system, target, std::span(&tunable, 1)).front();
        const bool turns_on = value == on && now && now->value != on;
        statuses.push_back(turns_on ? has_them_(system.files()) : Status());
    }
    return statuses;
}

std::vector<Status> BoostBank::write(System& system, const Target& target,
                                     std::span<const Assignment> assignments) const {
    auto outcomes = FileBank::write(system, target, assignments);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (!outcomes[i] && assignments[i].value == on && is_of_firmware(outcomes[i].error())) {
            Error error = std::move(outcomes[i]).error();
            error.code = ErrorCode::unsupported;
            error.message += "; the firmware has turned it off, or the processor has none";
            outcomes[i] = std::unexpected(std::move(error));
        }
    }
    return outcomes;
}

}  // namespace nanotune::cpu
