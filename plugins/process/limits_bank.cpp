// Anybody may read /proc/PID/limits; prlimit(2) sets one.
#include "limits_bank.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <nanotune/user_namespace.hpp>

#include "limits.hpp"
#include "task_stat.hpp"

namespace nanotune::process {
namespace {

constexpr Tunable tunable_of(const LimitRow& row, std::string_view name,
                             std::string_view written_as = {}) {
    return {.name = name,
            .domain =
                with_samples(normal_text(row.normal,
                                         "a limit such as \"1024\", \"unlimited\", or the soft and "
                                         "the hard one with a colon between"),
                             "40 | 20"),
            .summary = row.summary,
            .written_as = written_as,
            .witness = {.none = "a process is known by its start as well, which prlimit does not "
                                "take"}};
}

constexpr auto limit_settings = [] {
    std::array<Tunable, limit_count> tunables;
    std::ranges::transform(limit_rows, tunables.begin(), [](const LimitRow& row) {
        return tunable_of(row, row.setting, row.setting.substr(1));
    });
    return tunables;
}();

constexpr auto parameters_of_limits = [] {
    std::array<Tunable, limit_count> tunables;
    std::ranges::transform(limit_rows, tunables.begin(), [](const LimitRow& row) {
        return tunable_of(row, row.setting.substr(1));
    });
    return tunables;
}();

/// The process, as its first thread.
Result<TaskName> living_process(Files& files, const Target& target) {
    const auto name = TaskName::of_process(target.name);
    if (!name) {
        return failure(ErrorCode::not_found, fmt::format("{} does not run", target.text()));
    }
    NT_CHECK(living(files, *name));
    return *name;
}

Result<Reading> limit_of(System& system, const Target& target, const LimitRow& row) {
    NT_TRY(const TaskName name, living_process(system.files(), target));
    const std::string path = fmt::format("/proc/{}/limits", name.process);
    NT_TRY(const std::string text, system.files().read(path));
    const auto limit = limit_in(row, text);
    if (!limit) {
        return failure(ErrorCode::unsupported, fmt::format("{} has no {}", path, row.label));
    }
    return Reading{.value = limit_text(row, *limit)};
}

/// The kernel says no more than that it does not permit it.
Error above_the_most(Files& files, const LimitRow& row, const ResourceLimit& limit, Error error) {
    const auto most = files.read("/proc/sys/fs/nr_open");
    const auto row_of_most = most ? limit_from(row, *most) : std::nullopt;
    if (row.resource == RLIMIT_NOFILE && row_of_most && limit.hard > row_of_most->hard) {
        error.message += fmt::format("; fs.nr_open allows {}", *most);
    }
    return error;
}

Status set_limit(System& system, const Target& target, const Assignment& assignment) {
    const LimitRow& row = *limit_row(assignment.tunable->name);
    const auto& text = std::get<std::string>(assignment.value);
    const auto limit = limit_from(row, text);
    if (!limit) {
        return failure(ErrorCode::invalid, fmt::format("{} is no limit", text));
    }
    NT_TRY(const TaskName name, living_process(system.files(), target));
    Status done = system.tasks().set_limit(name.process, row.resource, *limit);
    return done ? Status()
                : std::unexpected(
                      above_the_most(system.files(), row, *limit, std::move(done).error()));
}

}  // namespace

std::span<const Tunable> limit_parameters() {
    return parameters_of_limits;
}

std::vector<const Tunable*> LimitsBank::tunables() const {
    std::vector<const Tunable*> all;
    std::ranges::transform(limit_settings, std::back_inserter(all),
                           [](const Tunable& tunable) { return &tunable; });
    return all;
}

std::vector<Result<Reading>> LimitsBank::read(System& system, const Target& target,
                                              std::span<const Tunable* const> wanted) const {
    std::vector<Result<Reading>> readings;
    std::ranges::transform(wanted, std::back_inserter(readings), [&](const Tunable* tunable) {
        return limit_of(system, target, *limit_row(tunable->name));
    });
    return readings;
}

std::vector<Status> LimitsBank::write(System& system, const Target& target,
                                      std::span<const Assignment> assignments) const {
    std::vector<Status> outcomes;
    std::ranges::transform(assignments, std::back_inserter(outcomes),
                           [&](const Assignment& one) { return set_limit(system, target, one); });
    return outcomes;
}

/// Without it a hard limit that was lowered could not be raised again.
Status LimitsBank::may_write(System& system, const Target& /*target*/,
                             const Tunable& /*tunable*/) const {
    if (!system.has(Capability::sys_resource)) {
        return failure(ErrorCode::denied, fmt::format("it takes {} to change it",
                                                      nanotune::name_of(Capability::sys_resource)));
    }
    return is_in_user_namespace(system.files())
               ? failure(ErrorCode::denied, why_not_in_user_namespace(Capability::sys_resource))
               : Status();
}

Wishes LimitsRule::derive(System& /*system*/, const RuleInput& input) const {
    std::vector<Wish> wishes;
    std::vector<Error> misfits;
    const std::string_view kernel_thread = input.candidate.fact("kthread");
    for (const Setting& said : input.settings.entries) {
        const LimitRow& row = *limit_row(said.parameter->name);
        if (!kernel_thread.empty()) {
            misfits.push_back(
                {.code = ErrorCode::unsupported,
                 .message = fmt::format("{}: process.{}: {} is a thread of the "
                                        "kernel's own, which has no limits",
                                        said.origin.text(), said.parameter->name, kernel_thread)});
            continue;
        }
        wishes.push_back({.target = input.candidate.target,
                          .setting = std::string(row.setting),
                          .value = said.value,
                          .origin = said.origin});
    }
    if (!misfits.empty()) {
        return std::unexpected(std::move(misfits));
    }
    return wishes;
}

}  // namespace nanotune::process
