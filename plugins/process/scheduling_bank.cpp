// One thread: sched_setattr(2), sched_setaffinity(2), and a file for the slack of its timers.
#include "scheduling_bank.hpp"

#include <fmt/format.h>
#include <linux/sched.h>

#include <nanotune/user_namespace.hpp>

#include "scheduling_text.hpp"
#include "task_stat.hpp"

namespace nanotune::process {
namespace {

Result<TaskName> name_of(const Target& target) {
    const auto name = TaskName::of_thread(target.name);
    if (!name) {
        return failure(ErrorCode::not_found, fmt::format("{} does not run yet", target.text()));
    }
    return *name;
}

bool is_affinity(const Tunable& tunable) {
    return tunable.domain.kind == Domain::Kind::cpus;
}

bool is_timer_slack(const Tunable& tunable) {
    return tunable.domain.kind == Domain::Kind::integer;
}

Result<Reading> reading(System& system, const TaskName& thread, const Tunable& tunable) {
    NT_CHECK(living(system.files(), thread));
    if (is_affinity(tunable)) {
        NT_TRY(const CpuSet cpus, system.tasks().affinity(thread.thread));
        return Reading{.value = cpus};
    }
    if (is_timer_slack(tunable)) {
        NT_TRY(const std::string text, system.files().read(timer_slack_file(thread)));
        NT_TRY(Value slack, from_kernel(tunable.domain, text));
        return Reading{.value = std::move(slack)};
    }
    NT_TRY(const Scheduling now, system.tasks().scheduling(thread.thread));
    Reading reading{.value = scheduling_text(now)};
    if (now.priority == highest_priority) {
        reading.note = "priority 99 competes with the kernel's own migration threads";
    }
    return reading;
}

Status set_scheduling(System& system, const TaskName& thread, const std::string& text) {
    NT_TRY(const TaskStat stat, living(system.files(), thread));
    auto wanted = scheduling_from(text);
    if (!wanted) {
        return failure(ErrorCode::invalid,
                       fmt::format("{} is no scheduling that a thread can be given", text));
    }
    NT_TRY(const Scheduling now, system.tasks().scheduling(thread.thread));
    if (now.policy == SCHED_DEADLINE) {
        return failure(ErrorCode::refused,
                       fmt::format("thread {} runs by deadline, whose budget could not be put back",
                                   thread.thread));
    }
    // The kernel reports nice 0 for a real-time thread; its own nice is still in stat.
    wanted->nice = has_priority(text.substr(0, text.find(':'))) ? 0 : stat.nice;
    wanted->flags = now.flags & SCHED_FLAG_RESET_ON_FORK;
    return system.tasks().set_scheduling(thread.thread, *wanted);
}

Status assign(System& system, const TaskName& thread, const Assignment& assignment) {
    const Tunable& tunable = *assignment.tunable;
    if (!is_affinity(tunable) && !is_timer_slack(tunable)) {
        return set_scheduling(system, thread, std::get<std::string>(assignment.value));
    }
    NT_CHECK(living(system.files(), thread));
    if (is_timer_slack(tunable)) {
        return system.files().write(timer_slack_file(thread),
                                    to_kernel(tunable.domain, assignment.value));
    }
    return system.tasks().set_affinity(thread.thread, std::get<CpuSet>(assignment.value));
}

}  // namespace

std::vector<const Tunable*> SchedulingBank::tunables() const {
    std::vector<const Tunable*> all;
    all.reserve(tunables_.size());
    for (const Tunable& tunable : tunables_) {
        all.push_back(&tunable);
    }
    return all;
}

std::vector<Result<Reading>> SchedulingBank::read(System& system, const Target& target,
                                                  std::span<const Tunable* const> wanted) const {
    const auto thread = name_of(target);
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* tunable : wanted) {
        readings.push_back(thread ? reading(system, *thread, *tunable)
                                  : Result<Reading>(std::unexpected(thread.error())));
    }
    return readings;
}

std::vector<Status> SchedulingBank::write(System& system, const Target& target,
                                          std::span<const Assignment> assignments) const {
    const auto thread = name_of(target);
    std::vector<Status> outcomes;
    outcomes.reserve(assignments.size());
    for (const Assignment& assignment : assignments) {
        outcomes.push_back(thread ? assign(system, *thread, assignment)
                                  : Status(std::unexpected(thread.error())));
    }
    return outcomes;
}

Status SchedulingBank::may_write(System& system, const Target& /*target*/,
                                 const Tunable& tunable) const {
    if (!system.has(Capability::sys_nice)) {
        return failure(ErrorCode::denied, fmt::format("it takes {} to change it",
                                                      nanotune::name_of(Capability::sys_nice)));
    }
    const bool is_the_hosts = !is_affinity(tunable) && !is_timer_slack(tunable);
    return is_the_hosts && is_in_user_namespace(system.files())
               ? failure(ErrorCode::denied, why_not_in_user_namespace(Capability::sys_nice))
               : Status();
}

}  // namespace nanotune::process
