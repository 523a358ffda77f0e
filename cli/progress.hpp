// One line on the terminal that says what takes so long. Nothing is shown in the first half second,
// nor where nobody watches.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "model/requests.hpp"
#include "screen.hpp"

namespace nanotune::cli {

/// Shows while it lives; its thread exists only where progress is shown. The sink may be called
/// from one other thread.
class ProgressLine {
  public:
    explicit ProgressLine(const Screen& screen);
    /// Takes the line off the terminal.
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;
    ProgressLine(ProgressLine&&) = delete;
    ProgressLine& operator=(ProgressLine&&) = delete;

    /// What a request's progress goes to. Must not outlive this.
    [[nodiscard]] ProgressSink sink();

  private:
    void show(const std::stop_token& stop);

    const Screen& screen_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    Progress latest_;
    std::optional<std::jthread> thread_;
};

/// "[3/20] nic.ring.rx on eth0", at most `width` columns.
[[nodiscard]] std::string progress_text(const Progress& progress, std::size_t width);

}  // namespace nanotune::cli
