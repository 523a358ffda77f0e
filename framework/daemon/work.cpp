#include "daemon/work.hpp"

#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace nanotune::daemon {

namespace {

constexpr std::chrono::milliseconds progress_pause{100};

}  // namespace

Report about_no_state() {
    Report report;
    report.state = HostState::unknown;
    return report;
}

Answer never_begun(std::string_view why) {
    Answer answer;
    answer.report.problems.push_back(
        {.code = ErrorCode::refused, .message = fmt::format("{}; nothing was touched", why)});
    answer.report.exit = Exit::refused;
    return answer;
}

bool is_applied(const Report& report) {
    return report.verb == "apply" &&
           (report.exit == Exit::as_wanted || report.exit == Exit::reboot_needed);
}

ProgressSink throttled(ProgressSink sink) {
    return [sink = std::move(sink),
            last = std::chrono::steady_clock::time_point()](const Progress& progress) mutable {
        const auto now = std::chrono::steady_clock::now();
        if (now - last >= progress_pause) {
            last = now;
            sink(progress);
        }
    };
}

}  // namespace nanotune::daemon
