#include "daemon/side_thread.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include <sys/prctl.h>

namespace nanotune::daemon {

namespace {

constexpr std::size_t most_tasks = 16;
constexpr std::size_t most_owed = 1024;  // each small, and done in a moment

}  // namespace

SideThread::~SideThread() {
    {
        const std::scoped_lock lock(mutex_);
        is_stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

bool SideThread::submit(std::function<void()> task, bool is_owed) {
    {
        const std::scoped_lock lock(mutex_);
        const auto alike =
            static_cast<std::size_t>(std::ranges::count(waiting_, is_owed, &Task::is_owed));
        if (alike >= (is_owed ? most_owed : most_tasks)) {
            return false;
        }
        const auto place =
            is_owed ? std::ranges::find(waiting_, false, &Task::is_owed) : waiting_.end();
        waiting_.insert(place, {.run = std::move(task), .is_owed = is_owed});
    }
    if (!thread_.joinable() && !start()) {
        return false;
    }
    changed_.notify_all();
    return true;
}

/// The next task tries again.
bool SideThread::start() {
    try {
        thread_ = std::thread([this] { run(); });
    } catch (const std::system_error&) {
        waiting_.clear();
        return false;
    }
    return true;
}

void SideThread::run() {
    static_cast<void>(::prctl(PR_SET_NAME, "side"));
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
        if (is_stopping_) {
            std::erase_if(waiting_, [](const Task& task) { return !task.is_owed; });
        }
        if (waiting_.empty()) {
            return;
        }
        const Task task = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        task.run();
        lock.lock();
    }
}

}  // namespace nanotune::daemon
