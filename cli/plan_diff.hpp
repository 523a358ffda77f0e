// Why a saved plan is no longer today's plan.
#pragma once

#include "model/report.hpp"

namespace nanotune::cli {

/// One problem a setting that is planned differently now, and a device that is another one; never
/// empty. `file` is the saved plan's.
[[nodiscard]] Problems differences(const std::string& file, const Report& saved,
                                   const Report& today);

}  // namespace nanotune::cli
