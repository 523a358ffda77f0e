#include "plan_diff.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include <fmt/core.h>

#include "model/planned_devices.hpp"

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

/// What is called as a planned device is, and is another one.
Problems other_devices(const std::string& file, const Report& saved, const Report& today) {
    Problems problems;
    for (const DeviceIdentity& now : today.devices) {
        const auto then = std::ranges::find(saved.devices, now.name, &DeviceIdentity::name);
        if (then != saved.devices.end() && lasting_marks(*then) != lasting_marks(now)) {
            problems.push_back(
                {.code = ErrorCode::conflict,
                 .message = fmt::format("{}: {} is another device now: planned for {}, today {}",
                                        file, now.name, lasting_marks(*then), lasting_marks(now))});
        }
    }
    return problems;
}

/// Where each setting is planned as it was.
std::string_view what_else_differs(const Report& saved, const Report& today) {
    return saved.profile_hash != today.profile_hash
               ? "the profile says something else now, though it would change the same"
           : saved.devices.empty() && !today.devices.empty()
               ? "does not say which devices it was made for, as an older nanotune wrote it"
               : "what it would change is of other devices today";
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
    std::ranges::move(other_devices(file, saved, today), std::back_inserter(problems));
    if (problems.empty()) {
        problems.push_back(
            {.code = ErrorCode::conflict,
             .message = fmt::format("{}: {}", file, what_else_differs(saved, today))});
    }
    return problems;
}

}  // namespace nanotune::cli
