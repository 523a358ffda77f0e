// A thread for what takes a moment and belongs to nobody's turn: running a worker's program. What
// waits there keeps neither the bus nor the engine from anything.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace nanotune::daemon {

/// Started by the first task.
class SideThread {
  public:
    SideThread() = default;
    /// Waits for the task that is under way, and for those that are owed; drops the others.
    ~SideThread();
    SideThread(const SideThread&) = delete;
    SideThread& operator=(const SideThread&) = delete;
    SideThread(SideThread&&) = delete;
    SideThread& operator=(SideThread&&) = delete;

    /// From one thread. What is owed goes first, and is done also where this ends before its turn.
    /// False: so many of its kind wait already that this one is not taken, or no thread is to be
    /// had.
    [[nodiscard]] bool submit(std::function<void()> task, bool is_owed = false);

  private:
    struct Task {
        std::function<void()> run;
        bool is_owed = false;
    };
    bool start();
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Task> waiting_;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace nanotune::daemon
