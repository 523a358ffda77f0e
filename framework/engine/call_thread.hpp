// A thread for one work after another, which can be left alone with one that does not return.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include <nanotune/error.hpp>

namespace nanotune {

/// What the thread does after a work.
enum class Afterwards {
    waits,  ///< for the next: to begin a thread for each would cost more than most works
    ends,   ///< the next is far away, and a thread that waits is one more to be woken
};

/// One thread uses it at a time. The thread that it holds begins with the first work, and does
/// nothing any more once this object is gone.
class CallThread {
  public:
    CallThread() = default;
    ~CallThread() { end(); }
    CallThread(const CallThread&) = delete;
    CallThread& operator=(const CallThread&) = delete;
    CallThread(CallThread&&) = delete;
    CallThread& operator=(CallThread&&) = delete;

    /// Begins `work`, which says itself when it has done. The work before it must have said so, or
    /// have been left. `work` and what it holds go on the thread, soon after it returns, and no
    /// later than this object. Errors: exhausted, where the kernel gives no thread; nothing has
    /// begun then.
    [[nodiscard]] Status begin(std::function<void()> work, Afterwards afterwards);

    /// Between works: the thread that waits ends, and the next work begins another. What the last
    /// work held has gone.
    void end();

    /// The thread stays with the work that it does, and ends after it, should it ever return. The
    /// next work gets another thread.
    void leave();

  private:
    struct Post {
        std::mutex mutex;
        std::condition_variable changed;
        std::function<void()> work;  // that nobody has begun
        bool is_idle = false;        // nothing is done, and nothing of what was done is held
        bool is_last = false;        // no work comes any more
    };
    static void serve(Post& post);
    void say_last();
    void await_end();

    std::shared_ptr<Post> post_;  ///< nothing where no thread waits or works, but for its last
    std::thread thread_;
};

}  // namespace nanotune
