#include "service/datapath_record.hpp"

#include <fmt/format.h>

#include "service/history.hpp"

namespace nanotune {

Status keep_in_history(const std::string& folder, const Actor& actor, const std::string& name,
                       DatapathAct act, const Status& done) {
    Report report;
    report.verb = fmt::format("datapath {}", name_of(act));
    report.profile = name;
    report.state = HostState::unknown;  // it is about no setting, and nobody has looked
    report.changed = done.has_value();
    if (!done) {
        report.problems.push_back(done.error());
        const bool is_late =
            done.error().code == ErrorCode::busy || done.error().code == ErrorCode::timed_out;
        report.exit = is_late ? Exit::lock_or_timeout : Exit::refused;
    }
    return History(folder).add(
        {.actor = actor, .profile_hash = {}, .reason = {}, .report = report});
}

}  // namespace nanotune
