#include "daemon/taking_back.hpp"

#include <fmt/format.h>

namespace nanotune::daemon {

std::string told_of_taking_back(const Report& report, std::string_view why) {
    const bool is_done = report.exit == Exit::as_wanted;
    std::string text =
        fmt::format("{}: {} {}", why, report.profile.empty() ? "what was applied" : report.profile,
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
