#include "plan_diff.hpp"

#include <map>

#include <fmt/core.h>

namespace nanotune::cli {

namespace {

using Key = std::pair<std::string, Target>;

std::map<Key, const Row*> indexed(const Report& report) {
    std::map<Key, const Row*> rows;
    for (const Row& row : report.rows) {
        rows.emplace(Key(row.setting, row.target), &row);
    }
    return rows;
}

std::string step_of(const Row& row) {
    switch (row.outcome) {
        case Outcome::unchanged:
            return fmt::format("{} as wanted", row.wanted);
        case Outcome::not_done:
            return fmt::format("{} -> {}", row.before.empty() ? "?" : row.before, row.wanted);
        default:
            return std::string(name_of(row.outcome));
    }
}

Error told(const std::string& file, const Row& row, std::string_view what) {
    return {.code = ErrorCode::conflict,
            .message = fmt::format("{}: {} on {}: {}", file, row.setting, row.target.text(), what)};
}

}  // namespace

Problems differences(const std::string& file, const Report& saved, const Report& today) {
    Problems problems;
    const auto before = indexed(saved);
    const auto now = indexed(today);
    for (const auto& [key, row] : before) {
        const auto found = now.find(key);
        if (found == now.end()) {
            problems.push_back(told(file, *row, "planned, but today's plan does not have it"));
        } else if (step_of(*row) != step_of(*found->second)) {
            problems.push_back(
                told(file, *row,
                     fmt::format("planned {}, today {}", step_of(*row), step_of(*found->second))));
        }
    }
    for (const auto& [key, row] : now) {
        if (!before.contains(key)) {
            problems.push_back(told(file, *row, "not planned, but today's plan has it"));
        }
    }
    if (problems.empty()) {
        problems.push_back({.code = ErrorCode::conflict,
                            .message = file + ": the order of the changes is another one today"});
    }
    return problems;
}

}  // namespace nanotune::cli
