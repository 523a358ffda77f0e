// How an apply that awaits confirmation ends: who rolls it back at the deadline, and what is said
// of it.
#pragma once

#include <cstdint>

#include "guard.hpp"
#include "service/service.hpp"

namespace nanotune::cli {

/// What awaits may be somebody else's apply, which made this one a refusal.
[[nodiscard]] bool is_refused(const Report& report);

/// Leaves the guard to its deadline where something awaits confirmation, and says so in the report;
/// rolls back at once where the guard is gone.
void settle(const Guard& guard, Service& service, const ApplyRequest& request,
            std::uint64_t transaction, Report& report);

/// Adds to the report when it is rolled back. The request has `confirm_within`.
void say_deadline(const HostStatus& status, const ApplyRequest& request, Report& report);

}  // namespace nanotune::cli
