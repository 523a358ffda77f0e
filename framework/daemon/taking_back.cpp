#include "daemon/taking_back.hpp"

#include <fmt/format.h>

namespace nanotune::daemon {

std::string why_taken_back(const Standing& status) {
    switch (status.state) {
        case HostState::overdue:
            return fmt::format("nobody confirmed {}", status.profile);
        case HostState::awaiting_confirmation:
            return fmt::format("nanotuned is stopped, and nobody has confirmed {}", status.profile);
        default:
            return status.interrupted;
    }
}

std::string told_of_taking_back(const Report& report, std::string_view why) {
    const bool is_done = report.exit == Exit::as_wanted;
    const bool is_named = !report.profile.empty() && why.ends_with(" " + report.profile);
    std::string text = fmt::format("{}: {} {}", why,
                                   is_named                 ? "it"
                                   : report.profile.empty() ? "what was applied"
                                                            : report.profile,
                                   is_done ? "is rolled back" : "is not completely rolled back");
    for (const Error& problem : report.problems) {
        text += "; " + problem.message;
    }
    for (const std::string& note : report.notes) {
        text += "; " + note;
    }
    return text;
}

Report taken_back(Service& service, Extent extent) {
    RollbackRequest request;
    request.all = extent == Extent::all;
    request.consent = *Consent::from_words("all");
    return service.rollback(request);
}

}  // namespace nanotune::daemon
