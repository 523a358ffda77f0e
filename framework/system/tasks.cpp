// The C library has no wrapper for sched_setattr(2), and its cpu_set_t ends at CPU 1023.
#include "system/tasks.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace nanotune {

namespace {

// struct sched_attr of linux/sched/types.h as Linux 3.14 had it, which every kernel takes.
struct KernelAttributes {
    std::uint32_t size = sizeof(KernelAttributes);
    std::uint32_t policy = 0;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime = 0;
    std::uint64_t deadline = 0;
    std::uint64_t period = 0;
};
static_assert(sizeof(KernelAttributes) == 48);

using Word = unsigned long;
constexpr std::size_t word_bits = sizeof(Word) * CHAR_BIT;

Result<KernelAttributes> attributes_of(unsigned thread) {
    KernelAttributes attributes;
    if (syscall(SYS_sched_getattr, thread, &attributes, sizeof attributes, 0) != 0) {
        return kernel_failure(fmt::format("sched_getattr of thread {}", thread), errno);
    }
    return attributes;
}

/// The line "Cpus_allowed_list:" of a thread's status; nothing where it cannot be read.
std::optional<CpuSet> allowed_in(std::string_view status) {
    constexpr std::string_view label = "Cpus_allowed_list:";
    const auto at = status.find(label);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    std::string_view list = status.substr(at + label.size());
    list = list.substr(0, list.find('\n'));
    list.remove_prefix(std::min(list.find_first_not_of(" \t"), list.size()));
    const auto cpus = CpuSet::from_list(list);
    return cpus ? std::optional(*cpus) : std::nullopt;
}

}  // namespace

Result<Scheduling> KernelTasks::scheduling(unsigned thread) {
    NT_TRY(const KernelAttributes attributes, attributes_of(thread));
    return Scheduling{.policy = attributes.policy,
                      .priority = attributes.priority,
                      .nice = attributes.nice,
                      .flags = attributes.flags};
}

Status KernelTasks::set_scheduling(unsigned thread, const Scheduling& wanted) {
    // What the caller does not name (a deadline's runtime, a custom slice) stays as it is.
    NT_TRY(KernelAttributes attributes, attributes_of(thread));
    if (attributes.policy != wanted.policy) {
        attributes = {};
    }
    attributes.size = sizeof attributes;
    attributes.policy = wanted.policy;
    attributes.priority = wanted.priority;
    attributes.nice = wanted.nice;
    attributes.flags = wanted.flags;
    if (syscall(SYS_sched_setattr, thread, &attributes, 0) != 0) {
        return kernel_failure(fmt::format("sched_setattr of thread {}", thread), errno);
    }
    return {};
}

Result<CpuSet> KernelTasks::affinity(unsigned thread) {
    std::array<Word, CpuSet::limit / word_bits> words{};
    const long size = syscall(SYS_sched_getaffinity, thread, sizeof words, words.data());
    if (size < 0) {
        return kernel_failure(fmt::format("sched_getaffinity of thread {}", thread), errno);
    }
    // The call leaves out what is offline, and there the thread may run again later.
    const auto present = files_.read("/sys/devices/system/cpu/present");
    const auto possible = CpuSet::from_list(present.value_or(""));
    const auto status = files_.read(fmt::format("/proc/{}/status", thread));
    if (const auto allowed = allowed_in(status.value_or("")); allowed && possible) {
        return *allowed & *possible;
    }
    CpuSet cpus;
    for (std::size_t cpu = 0; cpu < static_cast<std::size_t>(size) * CHAR_BIT; ++cpu) {
        if ((words[cpu / word_bits] >> (cpu % word_bits) & 1) != 0) {
            cpus.add(static_cast<unsigned>(cpu));
        }
    }
    return cpus;
}

Status KernelTasks::set_affinity(unsigned thread, const CpuSet& cpus) {
    std::vector<Word> words(cpus.last().value_or(0) / word_bits + 1);
    for (const unsigned cpu : cpus.members()) {
        words[cpu / word_bits] |= Word{1} << (cpu % word_bits);
    }
    if (syscall(SYS_sched_setaffinity, thread, words.size() * sizeof(Word), words.data()) != 0) {
        return kernel_failure(fmt::format("sched_setaffinity {} of thread {}", cpus.list(), thread),
                              errno);
    }
    return {};
}

Status KernelTasks::set_limit(unsigned process, unsigned resource, const ResourceLimit& limit) {
    // struct rlimit64 of linux/resource.h; the call takes 64 bits of either on every machine.
    const std::array<std::uint64_t, 2> wanted = {limit.soft, limit.hard};
    if (syscall(SYS_prlimit64, process, resource, wanted.data(), nullptr) != 0) {
        return kernel_failure(fmt::format("prlimit of process {}", process), errno);
    }
    return {};
}

}  // namespace nanotune
