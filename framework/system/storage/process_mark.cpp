// A process is told apart from a later one of the same number by when it started.

#include <cstdint>

#include <fmt/format.h>
#include <unistd.h>

#include <nanotune/numbers.hpp>
#include <nanotune/words.hpp>

#include "system/storage/process_start.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {

/// Field 22 of /proc/PID/stat. One that has ended may stay there until somebody asks how.
std::string start_of(long process) {
    constexpr std::size_t stat_limit = 4096;
    const auto stat = read_file(fmt::format("/proc/{}/stat", process), stat_limit);
    const std::size_t name_end = stat ? stat->rfind(')') : std::string::npos;
    if (name_end == std::string::npos) {
        return {};
    }
    const auto fields = split_words(std::string_view(*stat).substr(name_end + 1));  // from the 3rd
    const bool has_ended = fields.size() < 20 || fields[0] == "Z" || fields[0] == "X";
    return has_ended ? std::string() : std::string(fields[19]);
}

std::optional<std::chrono::milliseconds> running_for(long process) {
    const auto ticks = whole_number<std::int64_t>(start_of(process));
    const long a_second = ::sysconf(_SC_CLK_TCK);
    if (!ticks || a_second <= 0) {
        return std::nullopt;
    }
    return time_since_boot() - std::chrono::milliseconds(*ticks * 1000 / a_second);
}

std::string process_mark(long process) {
    const std::string start = process > 0 ? start_of(process) : std::string();
    return start.empty() ? start : fmt::format("{} {}", process, start);
}

bool is_running(std::string_view mark) {
    const auto process = leading_number<long>(mark);
    return process && process_mark(*process) == mark;
}

}  // namespace nanotune
