#include "engine/refusal.hpp"

#include <algorithm>
#include <iterator>

namespace nanotune {

Report report_for(std::string_view verb) {
    Report report;
    report.verb = verb;
    return report;
}

Exit exit_of(const Problems& problems) {
    const bool is_for_later =
        !problems.empty() && std::ranges::all_of(problems, [](const Error& problem) {
            return problem.code == ErrorCode::timed_out || problem.code == ErrorCode::busy;
        });
    return is_for_later ? Exit::lock_or_timeout : Exit::refused;
}

Exit exit_of(Outcome outcome) {
    const bool is_off =
        outcome == Outcome::not_done || outcome == Outcome::differs || outcome == Outcome::refused;
    return outcome == Outcome::needs_reboot ? Exit::reboot_needed
           : is_off                         ? Exit::differs
                                            : Exit::as_wanted;
}

Report refused(Report report, Problems problems) {
    std::ranges::move(problems, std::back_inserter(report.problems));
    report.exit = worse(report.exit, exit_of(report.problems));
    return report;
}

}  // namespace nanotune
