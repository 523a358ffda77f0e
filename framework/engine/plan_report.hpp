// A plan as rows.
#pragma once

#include <string_view>

#include "model/report.hpp"

namespace nanotune {

/// The plan as a report: changes are not_done, checks that fail need a reboot or differ.
[[nodiscard]] Report report_of(const Plan& plan, std::string_view verb);

}  // namespace nanotune
