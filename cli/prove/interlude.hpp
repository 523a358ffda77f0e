// A profile in force for as long as something is measured, and taken back whatever comes.
#pragma once

#include <functional>

#include "../context.hpp"

namespace nanotune::cli::prove {

/// Why it could not go on, and how the host stands: rolled_back where it is as it was before,
/// not_restored where it is not, and otherwise nothing was touched.
struct Setback {
    Problems problems;
    Exit exit = Exit::refused;
};

/// What one interlude did.
struct Applied {
    Report apply;
    /// What rollback left as somebody else had set it meanwhile.
    std::vector<Row> overridden;
};

/// How it is done. References outlive the interlude.
struct InterludeRequest {
    const Context& context;
    Service& service;
    Consent consent;
    std::chrono::milliseconds timeout{60'000};
    std::chrono::seconds longest{60};  ///< that the work may take
};

/// Applies, works, and takes back. Each apply is one that nobody confirms, under a guard that
/// rolls back at once when this process ends, however it ends; the journal is that of every apply.
[[nodiscard]] std::expected<Applied, Setback> interlude(const InterludeRequest& request,
                                                        const ProfileRequest& profile,
                                                        const std::function<Status()>& work);

}  // namespace nanotune::cli::prove
