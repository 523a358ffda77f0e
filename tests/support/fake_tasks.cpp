// The scheduler's view of threads over cells.
#include <algorithm>
#include <cerrno>
#include <iomanip>
#include <sstream>

#include <sched.h>

#include "support/fake_interfaces.hpp"

namespace nanotune::test {

namespace {

Status changeable(const FakeHost& host, const std::string& key, const std::string& operation) {
    if (!host.cells.contains(key)) {
        return kernel_failure(operation, ESRCH);
    }
    return host.capabilities.contains(Capability::sys_nice) ? Status()
                                                            : kernel_failure(operation, EPERM);
}

/// By the label of its line, as the kernel's fs/proc/base.c has them.
std::string line_with(const std::string& line, unsigned resource, const ResourceLimit& limit) {
    constexpr const char* labels[] = {
        "Max cpu time",       "Max file size",     "Max data size",         "Max stack size",
        "Max core file size", "Max resident set",  "Max processes",         "Max open files",
        "Max locked memory",  "Max address space", "Max file locks",        "Max pending signals",
        "Max msgqueue size",  "Max nice priority", "Max realtime priority", "Max realtime timeout"};
    const std::string label = labels[resource];
    const auto side = [](std::uint64_t number) {
        return number == ResourceLimit::unlimited ? "unlimited" : std::to_string(number);
    };
    if (!line.starts_with(label + " ")) {
        return line;
    }
    std::ostringstream text;
    text << std::left << std::setw(26) << label << std::setw(21) << side(limit.soft)
         << std::setw(21) << side(limit.hard)
         << line.substr(std::min<std::size_t>(68, line.size()));
    return text.str();
}

}  // namespace

Result<Scheduling> FakeTasks::scheduling(unsigned thread) {
    return kernel_->look([&](const FakeHost& host) -> Result<Scheduling> {
        const std::string key = task_cell(thread, "scheduling");
        if (!host.cells.contains(key)) {
            return kernel_failure("sched_getattr " + std::to_string(thread), ESRCH);
        }
        Scheduling found;
        std::istringstream(host.text(key)) >> found.policy >> found.priority >> found.nice >>
            found.flags;
        return found;
    });
}

Status FakeTasks::set_scheduling(unsigned thread, const Scheduling& wanted) {
    const std::string operation = "sched_setattr " + std::to_string(thread);
    const std::string key = task_cell(thread, "scheduling");
    NT_CHECK(kernel_->look([&](const FakeHost& host) { return changeable(host, key, operation); }));
    const bool is_realtime = wanted.policy == SCHED_FIFO || wanted.policy == SCHED_RR;
    if (is_realtime ? wanted.priority < 1 || wanted.priority > 99 : wanted.priority != 0) {
        return kernel_failure(operation, EINVAL);
    }
    std::ostringstream text;
    text << wanted.policy << ' ' << wanted.priority << ' ' << wanted.nice << ' ' << wanted.flags;
    return kernel_->write(operation, {{key, text.str()}});
}

Result<CpuSet> FakeTasks::affinity(unsigned thread) {
    return kernel_->look([&](const FakeHost& host) -> Result<CpuSet> {
        const std::string key = task_cell(thread, "affinity");
        if (!host.cells.contains(key)) {
            return kernel_failure("sched_getaffinity " + std::to_string(thread), ESRCH);
        }
        return CpuSet::from_list(host.text(key));
    });
}

Status FakeTasks::set_affinity(unsigned thread, const CpuSet& cpus) {
    const std::string operation = "sched_setaffinity " + std::to_string(thread) + " " + cpus.list();
    const std::string key = task_cell(thread, "affinity");
    const auto allowed = kernel_->look([&](const FakeHost& host) -> Result<CpuSet> {
        NT_CHECK(changeable(host, key, operation));
        if (host.cells.contains(task_cell(thread, "bound"))) {
            return kernel_failure(operation, EINVAL);
        }
        NT_TRY(const CpuSet online, CpuSet::from_list(host.text("/sys/devices/system/cpu/online")));
        const CpuSet usable = cpus & online;
        return usable.empty() ? kernel_failure(operation, EINVAL) : Result<CpuSet>(usable);
    });
    NT_CHECK(allowed);
    return kernel_->write(operation, {{key, allowed->list()}});
}

Status FakeTasks::set_limit(unsigned process, unsigned resource, const ResourceLimit& limit) {
    const std::string operation = "prlimit of process " + std::to_string(process);
    const std::string key = "/proc/" + std::to_string(process) + "/limits";
    const auto after = kernel_->look([&](const FakeHost& host) -> Result<std::string> {
        if (!host.cells.contains(key)) {
            return kernel_failure(operation, ESRCH);
        }
        if (!host.capabilities.contains(Capability::sys_resource)) {
            return kernel_failure(operation, EPERM);
        }
        if (limit.soft > limit.hard) {
            return kernel_failure(operation, EINVAL);
        }
        std::istringstream before(host.text(key));
        std::string text;
        for (std::string line; std::getline(before, line);) {
            text += (text.empty() ? "" : "\n") + line_with(line, resource, limit);
        }
        return text;
    });
    NT_CHECK(after);
    return kernel_->write(operation, {{key, *after}});
}

}  // namespace nanotune::test
