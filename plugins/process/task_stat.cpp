// Numbers of processes come back; a number together with its start time does not.
#include "task_stat.hpp"

#include <vector>

#include <fmt/format.h>

#include <nanotune/numbers.hpp>

namespace nanotune::process {
namespace {

// Positions among the fields after comm, of which the first is field 3.
constexpr std::size_t state_field = 3 - 3;
constexpr std::size_t flags_field = 9 - 3;
constexpr std::size_t nice_field = 19 - 3;
constexpr std::size_t start_field = 22 - 3;

// PF_KTHREAD and PF_NO_SETAFFINITY of the kernel's linux/sched.h.
constexpr std::uint32_t kernel_thread = 0x00200000;
constexpr std::uint32_t no_set_affinity = 0x04000000;

std::vector<std::string_view> fields_of(std::string_view text) {
    std::vector<std::string_view> fields;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (end > 0) {
            fields.push_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return fields;
}

}  // namespace

std::optional<TaskStat> TaskStat::from(std::string_view line) {
    const auto open = line.find('(');
    const auto close = line.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
        return std::nullopt;
    }
    const auto fields = fields_of(line.substr(close + 1));
    if (fields.size() <= start_field) {
        return std::nullopt;
    }
    const auto flags = whole_number<std::uint32_t>(fields[flags_field]);
    const auto nice = whole_number<int>(fields[nice_field]);
    const auto start = whole_number<std::uint64_t>(fields[start_field]);
    if (!flags || !nice || !start) {
        return std::nullopt;
    }
    return TaskStat{.comm = std::string(line.substr(open + 1, close - open - 1)),
                    .state = fields[state_field].front(),
                    .is_kernel = (*flags & kernel_thread) != 0,
                    .is_bound = (*flags & no_set_affinity) != 0,
                    .nice = *nice,
                    .start = *start};
}

std::optional<TaskName> TaskName::of_process(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    const auto number = whole_number<unsigned>(text.substr(0, colon));
    const auto start = whole_number<std::uint64_t>(text.substr(colon + 1));
    return number && start ? std::optional(TaskName{*number, *number, *start}) : std::nullopt;
}

std::optional<TaskName> TaskName::of_thread(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto process = whole_number<unsigned>(text.substr(0, slash));
    auto name = of_process(text.substr(slash + 1));
    if (!process || !name) {
        return std::nullopt;
    }
    name->process = *process;
    return name;
}

std::string TaskName::text() const {
    return fmt::format("{}/{}:{}", process, thread, start);
}

std::string timer_slack_file(const TaskName& thread) {
    return fmt::format("/proc/{}/timerslack_ns", thread.thread);
}

Result<TaskStat> living(Files& files, const TaskName& thread) {
    const auto line =
        files.read(fmt::format("/proc/{}/task/{}/stat", thread.process, thread.thread));
    if (!line && line.error().code != ErrorCode::not_found) {
        return std::unexpected(line.error());
    }
    auto stat = line ? TaskStat::from(*line) : std::nullopt;
    if (!stat) {
        return failure(ErrorCode::not_found, fmt::format("thread {} of process {} has ended",
                                                         thread.thread, thread.process));
    }
    if (stat->start != thread.start) {
        return failure(ErrorCode::not_found,
                       fmt::format("thread {} of process {} has ended, and its number is another's "
                                   "now",
                                   thread.thread, thread.process));
    }
    return *std::move(stat);
}

}  // namespace nanotune::process
