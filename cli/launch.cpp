#include "launch.hpp"

#include <array>
#include <cerrno>
#include <limits>
#include <utility>

#include <fmt/core.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <nanotune/domain.hpp>
#include <nanotune/numbers.hpp>

#include "text_file.hpp"

namespace nanotune::cli {

namespace {

using Words = std::vector<unsigned long>;
constexpr std::size_t word_bits = sizeof(unsigned long) * 8;

Words words_of(const CpuSet& set, std::size_t limit) {
    Words words(limit / word_bits, 0);
    for (const unsigned member : set.members()) {
        words[member / word_bits] |= 1UL << (member % word_bits);
    }
    return words;
}

CpuSet set_of(const Words& words) {
    CpuSet set;
    for (std::size_t i = 0; i < words.size() * word_bits; ++i) {
        if (((words[i / word_bits] >> (i % word_bits)) & 1UL) != 0) {
            set.add(static_cast<unsigned>(i));
        }
    }
    return set;
}

Status bind_cpus(const CpuSet& cpus) {
    Words words = words_of(cpus, CpuSet::limit);
    const std::size_t bytes = words.size() * sizeof(unsigned long);
    // The system calls themselves: the C library's type ends at 1024 CPUs.
    if (::syscall(SYS_sched_setaffinity, 0, bytes, words.data()) != 0) {
        const int reason = errno;
        const auto online = read_text_file("/sys/devices/system/cpu/online", 4096);
        return kernel_failure(
            fmt::format("bind to CPUs {}", cpus.list()), reason,
            reason == EINVAL && online
                ? fmt::format("none of them is there for this process; online are {}",
                              online->substr(0, online->find('\n')))
                : std::string());
    }
    words.assign(words.size(), 0);
    if (::syscall(SYS_sched_getaffinity, 0, bytes, words.data()) < 0) {
        return kernel_failure("read the CPU binding back", errno);
    }
    if (const CpuSet got = set_of(words); got != cpus) {
        return failure(ErrorCode::refused,
                       fmt::format("bind to CPUs {}: the kernel left only {}: CPUs {} are offline, "
                                   "do not exist or are outside this process's cpuset",
                                   cpus.list(), got.list(), (cpus - got).list()));
    }
    return {};
}

Status bind_memory(const CpuSet& nodes) {
    constexpr std::size_t limit = 1024;
    const std::string what = fmt::format("take memory from node {} only", nodes.list());
    if (nodes.last().value_or(0) >= limit) {
        return failure(ErrorCode::invalid, what + ": there is no such node");
    }
    const Words words = words_of(nodes, limit);
    // The kernel takes one bit less than it is told.
    if (::syscall(SYS_set_mempolicy, MPOL_BIND, words.data(), limit + 1) != 0) {
        return kernel_failure(
            what, errno,
            errno == EINVAL ? "no such node, or it has no memory" : std::string_view());
    }
    int mode = -1;
    Words got(words.size() + 1, 0);
    if (::syscall(SYS_get_mempolicy, &mode, got.data(), limit + word_bits, nullptr, 0) != 0) {
        return kernel_failure("read the memory policy back", errno);
    }
    if (mode != MPOL_BIND || set_of(got) != nodes) {
        return failure(ErrorCode::refused,
                       fmt::format("{}: the kernel left node {}", what, set_of(got).list()));
    }
    return {};
}

std::string spoken(int policy, int priority) {
    constexpr std::array<std::pair<int, std::string_view>, 6> names = {{{SCHED_OTHER, "other"},
                                                                        {SCHED_FIFO, "fifo"},
                                                                        {SCHED_RR, "rr"},
                                                                        {SCHED_BATCH, "batch"},
                                                                        {SCHED_IDLE, "idle"},
                                                                        {6, "deadline"}}};
    for (const auto& [number, name] : names) {
        if (number == policy) {
            return priority == 0 ? std::string(name) : fmt::format("{}:{}", name, priority);
        }
    }
    return fmt::format("policy {} priority {}", policy, priority);
}

Status set_real_time(const RealTime& wanted) {
    const sched_param parameter{.sched_priority = wanted.priority};
    if (::sched_setscheduler(0, wanted.policy, &parameter) != 0) {
        return kernel_failure(
            fmt::format("schedule as {}", spoken(wanted.policy, wanted.priority)), errno,
            errno == EPERM ? "needs CAP_SYS_NICE, or a RLIMIT_RTPRIO that allows the priority"
                           : std::string_view());
    }
    sched_param got{};
    const int policy = ::sched_getscheduler(0);
    if (::sched_getparam(0, &got) != 0 || policy != wanted.policy ||
        got.sched_priority != wanted.priority) {
        return failure(ErrorCode::refused, fmt::format("schedule as {}: the kernel made it {}",
                                                       spoken(wanted.policy, wanted.priority),
                                                       spoken(policy, got.sched_priority)));
    }
    return {};
}

/// Locking a whole program needs more than the usual few MiB, or the capability.
Status lift_lock_limit() {
    const rlimit unlimited{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    if (::setrlimit(RLIMIT_MEMLOCK, &unlimited) == 0) {
        return {};
    }
    // Without CAP_SYS_RESOURCE: as far as it goes. Whether that is enough shows when the memory is
    // locked, and then it is said.
    rlimit limit{};
    if (::getrlimit(RLIMIT_MEMLOCK, &limit) != 0) {
        return kernel_failure("read the limit of locked memory", errno);
    }
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_MEMLOCK, &limit) != 0) {
        return kernel_failure("raise the limit of locked memory", errno);
    }
    return {};
}

/// Children and what execve starts have it, too.
Status set_timer_slack(std::int64_t slack) {
    const std::string what = fmt::format("give timers a slack of {} ns", slack);
    if (::prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(slack), 0, 0, 0) != 0) {
        return kernel_failure(what, errno);
    }
    if (const long got = ::prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0); got != slack) {
        return failure(ErrorCode::refused, fmt::format("{}: the kernel made it {} ns", what, got));
    }
    return {};
}

}  // namespace

Result<std::int64_t> timer_slack_of(std::string_view text) {
    constexpr auto domain = integer(1, std::numeric_limits<std::int32_t>::max(), Unit::nanoseconds);
    const auto slack = parsed(domain, {.content = std::string(text), .origin = {}});
    if (!slack) {
        return failure(ErrorCode::invalid,
                       fmt::format("--timer-slack {}: expected {}, such as 1ns or 50us", text,
                                   expectation(domain)));
    }
    return std::get<std::int64_t>(*slack);
}

Result<RealTime> real_time_of(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, int>, 2> policies = {
        {{"fifo", SCHED_FIFO}, {"rr", SCHED_RR}}};
    if (text == "other") {
        return RealTime{.policy = SCHED_OTHER, .priority = 0};
    }
    const std::size_t colon = text.find(':');
    for (const auto& [name, policy] : policies) {
        if (colon == std::string_view::npos || text.substr(0, colon) != name) {
            continue;
        }
        const int priority = whole_number<int>(text.substr(colon + 1)).value_or(0);
        if (priority >= 1 && priority <= 99) {
            return RealTime{.policy = policy, .priority = priority};
        }
    }
    return failure(ErrorCode::invalid,
                   fmt::format("--realtime {}: expected fifo:N or rr:N with N from 1 to 99, or "
                               "other",
                               text));
}

Status bind(const Binding& binding) {
    if (binding.cpus) {
        NT_CHECK(bind_cpus(*binding.cpus));
    }
    if (binding.nodes) {
        NT_CHECK(bind_memory(*binding.nodes));
    }
    if (binding.unlimited_locking) {
        NT_CHECK(lift_lock_limit());
    }
    // A real-time thread has none, and keeps what it had for when it is none any more.
    if (binding.timer_slack) {
        NT_CHECK(set_timer_slack(*binding.timer_slack));
    }
    if (binding.real_time) {
        NT_CHECK(set_real_time(*binding.real_time));
    }
    return {};
}

}  // namespace nanotune::cli
