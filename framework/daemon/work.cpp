#include "daemon/work.hpp"

#include <chrono>
#include <utility>

namespace nanotune::daemon {

namespace {

constexpr std::chrono::milliseconds progress_pause{100};

}  // namespace

Answer cancelled_early() {
    Answer answer;
    answer.report.problems.push_back(
        {.code = ErrorCode::refused, .message = "cancelled before it began; nothing was touched"});
    answer.report.exit = Exit::refused;
    return answer;
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
