// Reads and writes /proc/irq/N, and tells apart why the kernel does not move an interrupt.
#include "affinity_bank.hpp"

#include <cerrno>

namespace nanotune::irq {
namespace {

constexpr Tunable affinity = {
    .name = "affinity",
    .domain = cpu_list(),
    .summary = "CPUs that may serve the interrupt.",
    .witness = {.command = "cat /proc/irq/{}/smp_affinity_list"},
};

std::string file_of(const Target& interrupt, std::string_view file) {
    return "/proc/irq/" + interrupt.name + "/" + std::string(file);
}

Result<Reading> reading(Files& files, const Target& interrupt) {
    NT_TRY(const std::string requested, files.read(file_of(interrupt, "smp_affinity_list")));
    NT_TRY(CpuSet asked_for, CpuSet::from_list(requested));
    Reading reading;
    const auto text = files.read(file_of(interrupt, "effective_affinity_list"));
    const auto effective = text ? CpuSet::from_list(*text) : Result<CpuSet>{};
    if (effective && !effective->empty() && *effective != asked_for) {
        reading.note = "effective " + effective->list();
        reading.pending = !asked_for.contains_all(*effective);
    }
    reading.value = std::move(asked_for);
    return reading;
}

/// Since Linux 6.12 the file of an interrupt that the kernel places itself has a mode without any
/// write in it.
Status may_move(Files& files, const Target& interrupt) {
    const auto may = files.may_write(file_of(interrupt, "smp_affinity_list"));
    const bool is_for_nobody = !may && may.error().code == ErrorCode::unsupported;
    return is_for_nobody ? failure(ErrorCode::unsupported,
                                   file_of(interrupt, "smp_affinity_list") +
                                       " is for nobody to write; the kernel does not move " +
                                       interrupt.text())
                         : Status();
}

// The kernel's answer says which of three things is in the way.
Error explained(Error error, const Target& interrupt, const CpuSet& cpus) {
    if (error.code == ErrorCode::unmovable || error.kernel_errno == EIO) {
        error.code = ErrorCode::unmovable;
        error.message += "; the kernel does not move " + interrupt.text();
    } else if (error.kernel_errno == ENOSPC) {
        error.code = ErrorCode::exhausted;
        error.message += "; no interrupt vectors are left on CPU " + cpus.list();
    } else if (error.kernel_errno == EINVAL) {
        error.message += "; no CPU of " + cpus.list() + " is online";
    }
    return error;
}

}  // namespace

std::vector<const Tunable*> AffinityBank::tunables() const {
    return {&affinity};
}

std::vector<Result<Reading>> AffinityBank::read(System& system, const Target& target,
                                                std::span<const Tunable* const> wanted) const {
    return {wanted.size(), reading(system.files(), target)};
}

std::vector<Status> AffinityBank::may_hold(System& system, const Target& target,
                                           std::span<const Assignment> assignments) const {
    return {assignments.size(), may_move(system.files(), target)};
}

std::vector<Status> AffinityBank::write(System& system, const Target& target,
                                        std::span<const Assignment> assignments) const {
    std::vector<Status> outcomes;
    for (const Assignment& assignment : assignments) {
        const auto& cpus = std::get<CpuSet>(assignment.value);
        Status outcome = system.files().write(file_of(target, "smp_affinity_list"),
                                              to_kernel(affinity.domain, cpus));
        if (!outcome) {
            outcome = std::unexpected(explained(std::move(outcome).error(), target, cpus));
        }
        outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

Status AffinityBank::may_write(System& system, const Target& target,
                               const Tunable& /*tunable*/) const {
    return system.files().may_write(file_of(target, "smp_affinity_list"));
}

}  // namespace nanotune::irq
