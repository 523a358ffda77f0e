// What clients ask of the engine: one job's work, and what it came to.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/given_profile.hpp"
#include "service/service.hpp"

namespace nanotune::daemon {

/// What nobody has looked at the host for.
[[nodiscard]] Report about_no_state();

/// What a job came to.
struct Answer {
    Report report = about_no_state();
    std::optional<HostStatus> status;  ///< of the verb status, which has no report
    std::string text;                  ///< of verbs that answer with one
};

/// One job's work on the engine's thread.
struct Work {
    std::uint64_t job = 0;
    bool is_urgent = false;   ///< changes the host: goes before what only looks
    bool may_inspect = true;  ///< what only root may read
    std::vector<GivenFile> files;
    std::string session_address;
    Actor actor;
    std::function<Answer(Service&, const ProgressSink&)> run;
};

/// Of a job that has not begun, and why it never will.
[[nodiscard]] Answer never_begun(std::string_view why);
/// Whether it has applied what is wanted.
[[nodiscard]] bool is_applied(const Report& report);
/// Not more often than anybody can read.
[[nodiscard]] ProgressSink throttled(ProgressSink sink);

}  // namespace nanotune::daemon
