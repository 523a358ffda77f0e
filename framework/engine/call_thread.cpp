#include "engine/call_thread.hpp"

#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace nanotune {

/// A thread that has nothing to do is not waited for: it ends by itself, and touches nothing but
/// its post.
void CallThread::end() {
    if (!post_) {
        await_end();
        return;
    }
    {
        std::unique_lock lock(post_->mutex);
        post_->changed.wait(lock, [this] { return post_->is_idle; });
    }
    say_last();
    thread_.detach();
}

Status CallThread::begin(std::function<void()> work, Afterwards afterwards) {
    if (post_) {
        {
            const std::scoped_lock lock(post_->mutex);
            post_->work = std::move(work);
            post_->is_idle = false;
        }
        post_->changed.notify_all();
    } else {
        await_end();
        post_ = std::make_shared<Post>();
        post_->work = std::move(work);
        try {
            thread_ = std::thread([post = post_] { serve(*post); });
        } catch (const std::system_error& none) {
            post_.reset();
            return failure(ErrorCode::exhausted,
                           fmt::format("begin a thread: {}", none.code().message()));
        }
    }
    if (afterwards == Afterwards::ends) {
        say_last();
    }
    return {};
}

void CallThread::leave() {
    say_last();
    if (thread_.joinable()) {
        thread_.detach();
    }
}

void CallThread::say_last() {
    if (!post_) {
        return;
    }
    {
        const std::scoped_lock lock(post_->mutex);
        post_->is_last = true;
    }
    post_->changed.notify_all();
    post_.reset();
}

void CallThread::await_end() {
    if (thread_.joinable()) {
        thread_.join();
    }
}

void CallThread::serve(Post& post) {
    std::unique_lock lock(post.mutex);
    while (true) {
        post.is_idle = !post.work;
        post.changed.notify_all();
        post.changed.wait(lock, [&post] { return post.work || post.is_last; });
        if (!post.work) {
            return;
        }
        std::function<void()> work = std::exchange(post.work, {});
        lock.unlock();
        work();
        work = {};
        lock.lock();
    }
}

}  // namespace nanotune
