// Matching threads with rows, and what can be wrong with it.
#include "threads_rule.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cgroup.hpp"
#include "scheduling_text.hpp"
#include "task_stat.hpp"
#include "thread_list.hpp"
#include "thread_words.hpp"

namespace nanotune::process {
namespace {

constexpr std::string_view at_the_top =
    "priority 99 is that of the kernel's own threads, which may have to wait for these";

constexpr std::string_view no_slack = "timers of a real-time thread have no slack";

class Derivation {
  public:
    Derivation(System& system, const RuleInput& input, unsigned process)
        : system_(system), input_(input), process_(process) {}

    Wishes result() {
        misfits_ = with_places(misfits_of_words(input_.settings));
        std::vector<Thread> others = threads_of(system_.files(), process_);
        if (const Setting* rows = input_.settings.find("threads")) {
            for (const Settings& row : rows->rows) {
                take_row(row, others);
            }
        }
        check_cpus(input_.settings);
        wish(input_.settings, others, "all threads");
        wish_memory_nodes();
        if (!misfits_.empty()) {
            return std::unexpected(std::move(misfits_));
        }
        return std::move(wishes_);
    }

  private:
    void misfit(const Origin& origin, ErrorCode code, std::string message) {
        misfits_.push_back(
            Error{.code = code, .message = std::move(message)}.within(origin.text()));
    }

    /// Wishes for the threads that the row names, which it takes from `others`.
    void take_row(const Settings& row, std::vector<Thread>& others) {
        check_cpus(row);
        const Setting* name = row.find("name");
        if (name == nullptr) {
            return;
        }
        const auto& pattern = std::get<std::string>(name->value);
        const auto rest = std::ranges::stable_partition(
            others, [&](const Thread& thread) { return !fits(pattern, thread.stat.comm); });
        const std::vector<Thread> mine(rest.begin(), rest.end());
        others.erase(rest.begin(), rest.end());
        if (mine.empty()) {
            wish_pending(row, pattern);
        } else {
            wish(row, mine, "threads named " + pattern);
        }
    }

    void check_cpus(const Settings& settings) {
        const CpuSet& online = input_.topology.online;
        if (const Setting* cpus = settings.find("cpus")) {
            const auto& set = std::get<CpuSet>(cpus->value);
            const CpuSet missing = set - online;
            if (!missing.empty()) {
                misfit(cpus->origin, ErrorCode::invalid,
                       fmt::format("process.cpus {}: CPU {} is not online there; online are {}",
                                   set.list(), missing.list(), online.list()));
            }
        }
        const Setting* off = settings.find("keep_off");
        if (off != nullptr && std::get<CpuSet>(off->value).contains_all(online)) {
            misfit(off->origin, ErrorCode::invalid,
                   fmt::format("process.keep_off {} leaves no CPU that is online ({})",
                               std::get<CpuSet>(off->value).list(), online.list()));
        }
    }

    void wish(const Settings& settings, const std::vector<Thread>& threads,
              std::string_view which) {
        const Setting* cpus = settings.find("cpus");
        std::vector<unsigned> one_each;
        if (cpus != nullptr && is_one_to_one(settings)) {
            one_each = std::get<CpuSet>(cpus->value).members();
            if (threads.size() > one_each.size()) {
                misfit(settings.find("spread")->origin, ErrorCode::invalid,
                       fmt::format("one-to-one: process {} has {} {}, but {} {} for them ({})",
                                   process_, threads.size(), which, one_each.size(),
                                   one_each.size() == 1 ? "CPU is" : "CPUs are",
                                   std::get<CpuSet>(cpus->value).list()));
                return;
            }
        }
        for (std::size_t i = 0; i < threads.size(); ++i) {
            const Target target{.kind = "thread", .name = threads[i].name.text()};
            wish_scheduling(settings, target, false);
            wish_timer_slack(settings, threads[i], target);
            if (cpus != nullptr) {
                wish_cpus(
                    threads[i], *cpus,
                    one_each.empty() ? std::get<CpuSet>(cpus->value) : CpuSet::of(one_each[i]));
            } else if (const Setting* off = input_.settings.find("keep_off")) {
                wish_off(threads[i], *off);
            }
        }
    }

    void wish_cpus(const Thread& thread, const Setting& said, const CpuSet& cpus) {
        if (thread.stat.is_bound) {
            stays(thread, said, cpus);
            return;
        }
        wishes_.push_back({.target = {.kind = "thread", .name = thread.name.text()},
                           .setting = "thread.cpus",
                           .value = cpus,
                           .origin = said.origin});
    }

    /// A thread for one CPU (ksoftirqd/3) is none of the author's business while it is elsewhere.
    void stays(const Thread& thread, const Setting& said, const CpuSet& cpus) {
        const auto now = system_.tasks().affinity(thread.name.thread);
        if (thread.stat.is_kernel && now && !cpus.contains_all(*now)) {
            misfit(said.origin, ErrorCode::unsupported,
                   fmt::format("process.{}: {} is unmovable: the kernel itself binds it to CPU {}",
                               said.parameter->name, thread.stat.comm, now->list()));
        }
    }

    /// Asked for again where it is so already: what nobody asks for any more goes back.
    void wish_off(const Thread& thread, const Setting& said) {
        const auto now = system_.tasks().affinity(thread.name.thread);
        if (!now) {
            return;  // it has ended
        }
        const auto& off = std::get<CpuSet>(said.value);
        const CpuSet& online = input_.topology.online;
        CpuSet left = now->intersects(off) ? (*now & online) - off : *now;
        left = left.empty() ? online - off : left;
        wish_cpus(thread, said, left);
    }

    void wish_timer_slack(const Settings& settings, const Thread& thread, const Target& target) {
        const Setting* slack = settings.find("timer_slack");
        if (slack == nullptr) {
            return;
        }
        const bool has_none = stays_without_slack(settings, thread);
        wishes_.push_back({.target = target,
                           .setting = "thread.timer_slack",
                           .value = has_none ? Value(std::int64_t{0}) : slack->value,
                           .origin = slack->origin,
                           .note = has_none ? std::string(no_slack) : std::string()});
    }

    /// Since Linux 6.12 a real-time thread has none, and takes none: a write is accepted, and lost.
    bool stays_without_slack(const Settings& settings, const Thread& thread) {
        const auto now = system_.tasks().scheduling(thread.name.thread);
        const auto slack = system_.files().read(timer_slack_file(thread.name));
        const bool has_none =
            now && slack && has_priority(policy_of(*now)) && slack->starts_with('0');
        return has_none && has_priority(settings.value_or<std::string>("policy", policy_of(*now)));
    }

    void wish_pending(const Settings& row, const std::string& pattern) {
        const Target target{
            .kind = "thread",
            .name = fmt::format("{} of {} {}", pattern, input_.candidate.fact("comm"), process_)};
        wish_scheduling(row, target, true);
        if (const Setting* cpus = row.find("cpus")) {
            wishes_.push_back({.target = target,
                               .setting = "thread.cpus",
                               .value = cpus->value,
                               .origin = cpus->origin,
                               .pending = true});
        }
    }

    void wish_scheduling(const Settings& settings, const Target& target, bool pending) {
        if (const Setting* policy = settings.find("policy")) {
            const auto priority = settings.value_or<std::int64_t>("priority", 0);
            wishes_.push_back(
                {.target = target,
                 .setting = "thread.scheduling",
                 .value = scheduling_text(std::get<std::string>(policy->value),
                                          static_cast<unsigned>(priority)),
                 .origin = policy->origin,
                 .pending = pending,
                 .note = priority == highest_priority ? std::string(at_the_top) : std::string()});
        }
    }

    void wish_memory_nodes() {
        const Setting* nodes = input_.settings.find("memory_nodes");
        if (nodes == nullptr) {
            return;
        }
        const auto text = system_.files().read(fmt::format("/proc/{}/cgroup", process_));
        const auto cpuset = text ? cpuset_in(system_.files(), *text) : std::nullopt;
        if (!cpuset) {
            misfit(nodes->origin, ErrorCode::unsupported,
                   "process.memory_nodes: this host has no cpuset controller mounted");
            return;
        }
        if (cpuset->is_root) {
            misfit(
                nodes->origin, ErrorCode::unsupported,
                fmt::format("process.memory_nodes: process {} is in the root cgroup, whose nodes "
                            "are the host's; start it in a unit or a cgroup of its own",
                            process_));
            return;
        }
        const Target target{.kind = "cgroup", .name = cpuset->folder};
        if (cpuset->is_version_1) {
            wishes_.push_back({.target = target,
                               .setting = "cgroup.memory_migrate",
                               .value = true,
                               .origin = nodes->origin});
        }
        wishes_.push_back({.target = target,
                           .setting = "cgroup.memory_nodes",
                           .value = nodes->value,
                           .origin = nodes->origin});
    }

    static bool is_one_to_one(const Settings& settings) {
        return settings.value_or<std::string>("spread", "all-on-set") == "one-to-one";
    }

    System& system_;
    const RuleInput& input_;
    unsigned process_;
    std::vector<Wish> wishes_;
    std::vector<Error> misfits_;
};

}  // namespace

std::vector<Misfit> ThreadsRule::misfits(const Settings& said) const {
    return misfits_of_words(said);
}

Wishes ThreadsRule::derive(System& system, const RuleInput& input) const {
    const auto process = TaskName::of_process(input.candidate.target.name);
    if (!process) {
        return std::vector<Wish>{};
    }
    return Derivation(system, input, process->process).result();
}

}  // namespace nanotune::process
