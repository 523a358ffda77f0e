#include "engine/refusal.hpp"

#include <algorithm>
#include <iterator>

namespace nanotune {

Report report_for(std::string_view verb) {
    Report report;
    report.verb = verb;
    return report;
}

Report refused(Report report, Problems problems) {
    std::ranges::move(problems, std::back_inserter(report.problems));
    const bool is_for_later =
        !report.problems.empty() && std::ranges::all_of(report.problems, [](const Error& problem) {
            return problem.code == ErrorCode::timed_out || problem.code == ErrorCode::busy;
        });
    report.exit = worse(report.exit, is_for_later ? Exit::lock_or_timeout : Exit::refused);
    return report;
}

}  // namespace nanotune
