#include "engine/call_runner.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace nanotune {
namespace {

// How long the deadline may pass while no call is under way, before looking again.
constexpr std::chrono::milliseconds between_calls{20};

}  // namespace

struct CallRunner::Work {
    std::mutex mutex;
    std::condition_variable changed;
    Clock::time_point deadline = Clock::time_point::max();
    Clock::time_point begun;
    std::string call;  // under way; "" between calls
    bool is_done = false;
    bool is_given_up = false;

    void leave_call() {
        std::unique_lock lock(mutex);
        call.clear();
        // Given up: whoever waited for this thread has taken its work over.
        changed.wait(lock, [this] { return !is_given_up; });
    }
};

CallRunner::CallRunner(SystemFactory factory)
    : factory_(std::move(factory)), work_(std::make_shared<Work>()) {}

CallRunner::~CallRunner() = default;

void CallRunner::set_deadline(Clock::time_point deadline) {
    const std::scoped_lock lock(work_->mutex);
    work_->deadline = deadline;
    work_->changed.notify_all();
}

Status CallRunner::run(const std::string& what, const std::function<void(System&)>& call) {
    if (!system_) {
        system_ = factory_();
    }
    const std::shared_ptr<Work> work = work_;
    const std::shared_ptr<System> system = system_;
    {
        const std::scoped_lock lock(work->mutex);
        work->begun = Clock::now();
        if (work->begun >= work->deadline) {
            return failure(ErrorCode::timed_out,
                           fmt::format("{}: the time is up before it began", what));
        }
        work->call = what;
    }
    call(*system);
    work->leave_call();
    return {};
}

Status CallRunner::supervised(std::function<void()> work) {
    const std::shared_ptr<Work> shared = work_;
    shared->is_done = false;
    std::thread thread([shared, work = std::move(work)] {
        work();
        const std::scoped_lock lock(shared->mutex);
        shared->is_done = true;
        shared->changed.notify_all();
    });
    std::unique_lock lock(shared->mutex);
    while (!shared->is_done) {
        if (shared->deadline == Clock::time_point::max()) {
            shared->changed.wait(lock);
        } else if (Clock::now() < shared->deadline) {
            shared->changed.wait_until(lock, shared->deadline);
        } else if (shared->call.empty()) {
            shared->changed.wait_for(lock, between_calls);
        } else {
            const std::chrono::duration<double> waited = Clock::now() - shared->begun;
            shared->is_given_up = true;
            thread.detach();
            system_.reset();
            work_ = std::make_shared<Work>();
            return failure(ErrorCode::timed_out,
                           fmt::format("{}: the kernel has not returned for {:.1f} s", shared->call,
                                       waited.count()));
        }
    }
    lock.unlock();
    thread.join();
    return {};
}

}  // namespace nanotune
