// Reports of verbs that cannot go on.
#pragma once

#include "model/report.hpp"

namespace nanotune {

[[nodiscard]] Report report_for(std::string_view verb);
/// How a verb ends that these keep from going on: what only time or another nanotune stands
/// against may work later.
[[nodiscard]] Exit exit_of(const Problems& problems);
/// Of a row of a plan, or of a check as it ended.
[[nodiscard]] Exit exit_of(Outcome outcome);
/// The report with what is wrong, and the exit status that fits it.
[[nodiscard]] Report refused(Report report, Problems problems);

}  // namespace nanotune
