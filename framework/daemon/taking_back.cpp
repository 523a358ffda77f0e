#include "daemon/taking_back.hpp"

#include <fmt/format.h>

namespace nanotune::daemon {

namespace {

std::string outcome_of(const Report& report, std::string_view why) {
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

}  // namespace

std::string taken_back(Service& service, std::string_view why, Extent extent) {
    RollbackRequest request;
    request.all = extent == Extent::all;
    request.consent = *Consent::from_words("all");
    return outcome_of(service.rollback(request), why);
}

}  // namespace nanotune::daemon
