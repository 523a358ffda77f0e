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
    report.exit = worse(report.exit, Exit::refused);
    for (const Error& problem : report.problems) {
        if (problem.code == ErrorCode::timed_out || problem.code == ErrorCode::busy) {
            report.exit = Exit::lock_or_timeout;
        }
    }
    return report;
}

}  // namespace nanotune
