#include "progress.hpp"

#include <system_error>

#include <fmt/core.h>

#include "text.hpp"

namespace nanotune::cli {

namespace {

constexpr std::chrono::milliseconds patience{500};
constexpr std::chrono::milliseconds between{100};
constexpr std::string_view to_empty_line = "\r\033[K";

}  // namespace

ProgressLine::ProgressLine(const Screen& screen) : screen_(screen) {
    if (screen.look().shows_progress) {
        try {
            thread_.emplace([this](const std::stop_token& stop) { show(stop); });
        } catch (const std::system_error&) {
            thread_.reset();  // none is to be had: what is done is not shown
        }
    }
}

ProgressLine::~ProgressLine() = default;

ProgressSink ProgressLine::sink() {
    if (!thread_) {
        return {};
    }
    return [this](const Progress& progress) {
        const std::lock_guard lock(mutex_);
        latest_ = progress;
    };
}

void ProgressLine::show(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    bool shown = false;
    const auto stopped = [&stop] { return stop.stop_requested(); };
    // Returns at once when asked to stop, else after the time.
    changed_.wait_for(lock, stop, patience, stopped);
    while (!stop.stop_requested()) {
        if (!latest_.doing.empty()) {
            const std::string text = progress_text(latest_, screen_.look().width);
            screen_.raw_error(std::string(to_empty_line) + text);
            shown = true;
        }
        changed_.wait_for(lock, stop, between, stopped);
    }
    if (shown) {
        screen_.raw_error(to_empty_line);
    }
}

std::string progress_text(const Progress& progress, std::size_t width) {
    std::string text = progress.total > 0 ? fmt::format("[{}/{}] {}", progress.done, progress.total,
                                                        harmless(progress.doing))
                                          : harmless(progress.doing);
    // One column is left free: a full line moves the cursor to the next one.
    return width > 1 ? wrapped(text, width - 1).front() : text;
}

}  // namespace nanotune::cli
