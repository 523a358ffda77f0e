// /proc/PID/limits has a line each: the label, the soft limit, the hard one, the unit.
#include "limits.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <nanotune/numbers.hpp>
#include <nanotune/words.hpp>

namespace nanotune::process {
namespace {

constexpr std::string_view no_limit = "unlimited";
constexpr auto most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t highest_rtprio = 99;
constexpr std::int64_t most_niceness = 40;

/// One side of the colon.
Result<std::uint64_t> side_in(std::string_view text, const Domain& domain) {
    if (text == no_limit) {
        return ResourceLimit::unlimited;
    }
    NT_TRY(const Value value, parsed(domain, {.content = std::string(text), .origin = {}}));
    return static_cast<std::uint64_t>(std::get<std::int64_t>(value));
}

std::string side_text(std::uint64_t side, Unit unit) {
    if (side == ResourceLimit::unlimited) {
        return std::string(no_limit);
    }
    return side > static_cast<std::uint64_t>(most)
               ? std::to_string(side)
               : printed(integer(0, most, unit), static_cast<std::int64_t>(side));
}

std::string both_text(const ResourceLimit& limit, Unit unit) {
    const std::string soft = side_text(limit.soft, unit);
    return limit.soft == limit.hard ? soft : soft + ":" + side_text(limit.hard, unit);
}

Result<ResourceLimit> both_in(std::string_view text, const Domain& domain) {
    const auto colon = text.find(':');
    NT_TRY(const std::uint64_t soft, side_in(text.substr(0, colon), domain));
    std::uint64_t hard = soft;
    if (colon != std::string_view::npos) {
        NT_TRY(hard, side_in(text.substr(colon + 1), domain));
    }
    if (soft > hard) {
        return failure(
            ErrorCode::invalid,
            fmt::format("{} is no limit: the soft one, in front, is above the hard one", text));
    }
    return ResourceLimit{.soft = soft, .hard = hard};
}

Result<std::string> normal_limit(std::string_view text, const Domain& domain) {
    NT_TRY(const ResourceLimit limit, both_in(text, domain));
    return both_text(limit, domain.unit);
}

/// A number of the kernel's, or its word for none.
std::optional<std::uint64_t> printed_side(std::string_view word) {
    return word == no_limit ? ResourceLimit::unlimited : whole_number<std::uint64_t>(word);
}

}  // namespace

Result<std::string> normal_bytes_limit(std::string_view text) {
    return normal_limit(text, integer(0, most, Unit::bytes));
}

Result<std::string> normal_time_limit(std::string_view text) {
    return normal_limit(text, integer(0, most, Unit::microseconds));
}

Result<std::string> normal_count_limit(std::string_view text) {
    return normal_limit(text, integer(0, most));
}

Result<std::string> normal_priority_limit(std::string_view text) {
    return normal_limit(text, integer(0, highest_rtprio));
}

Result<std::string> normal_nice_limit(std::string_view text) {
    return normal_limit(text, integer(0, most_niceness));
}

const LimitRow* limit_row(std::string_view name) {
    const auto* const found = std::ranges::find_if(limit_rows, [name](const LimitRow& row) {
        return row.setting == name || row.setting.substr(1) == name;
    });
    return found == std::end(limit_rows) ? nullptr : found;
}

std::optional<ResourceLimit> limit_from(const LimitRow& row, std::string_view text) {
    const auto limit = both_in(text, integer(0, most, row.unit));
    return limit ? std::optional(*limit) : std::nullopt;
}

std::string limit_text(const LimitRow& row, const ResourceLimit& limit) {
    return both_text(limit, row.unit);
}

std::optional<ResourceLimit> limit_in(const LimitRow& row, std::string_view proc_text) {
    while (!proc_text.empty()) {
        const std::string_view line = proc_text.substr(0, proc_text.find('\n'));
        proc_text.remove_prefix(std::min(line.size() + 1, proc_text.size()));
        if (!line.starts_with(row.label)) {
            continue;
        }
        const auto words = split_words(line.substr(row.label.size()));
        const auto soft = words.size() < 2 ? std::nullopt : printed_side(words[0]);
        const auto hard = words.size() < 2 ? std::nullopt : printed_side(words[1]);
        return soft && hard ? std::optional(ResourceLimit{.soft = *soft, .hard = *hard})
                            : std::nullopt;
    }
    return std::nullopt;
}

}  // namespace nanotune::process
