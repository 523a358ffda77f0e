// Whether an apply did what its plan had shown.
#pragma once

#include <set>
#include <string>

#include "model/report.hpp"

namespace nanotune::test {

/// Setting, target and wanted value of each row with the outcome.
[[nodiscard]] inline std::set<std::string> rows_with(const Report& report, Outcome outcome) {
    std::set<std::string> lines;
    for (const Row& row : report.rows) {
        if (row.outcome == outcome) {
            lines.insert(row.setting + " on " + row.target.text() + ": " + row.wanted);
        }
    }
    return lines;
}

/// The same of what an apply changed. What a change reset, and only rollback restores, was not
/// asked for.
[[nodiscard]] inline std::set<std::string> rows_changed(const Report& applied) {
    Report done;
    for (const Row& row : applied.rows) {
        const bool is_done = row.outcome == Outcome::changed || row.outcome == Outcome::adjusted ||
                             (row.outcome == Outcome::pending && row.before != row.got);
        if (is_done && !row.message.contains("rollback restores it")) {
            done.rows.push_back(row);
            done.rows.back().outcome = Outcome::changed;
        }
    }
    return rows_with(done, Outcome::changed);
}

}  // namespace nanotune::test
