#include "engine/call_runner.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <fmt/format.h>

namespace nanotune {
namespace {

// How long to wait before looking again, where no signal is to be expected.
constexpr std::chrono::milliseconds glance{10};

}  // namespace

struct CallRunner::Work {
    std::mutex mutex;
    std::condition_variable changed;
    Clock::time_point deadline = Clock::time_point::max();
    std::optional<Clock::duration> patience;  // with one call
    Clock::time_point begun;
    std::string call;  // under way; "" between calls
    Asked asked;
    bool is_done = false;
    bool is_given_up = false;
    bool has_returned = false;  ///< from the call in which it was given up

    void leave_call() {
        std::unique_lock lock(mutex);
        call.clear();
        if (is_given_up) {
            has_returned = true;
            changed.notify_all();
        }
        // Given up: whoever waited for this thread has taken its work over.
        changed.wait(lock, [this] { return !is_given_up; });
    }

    bool returns_by(Clock::time_point end) {
        std::unique_lock lock(mutex);
        return changed.wait_until(lock, end, [this] { return has_returned; });
    }

    [[nodiscard]] bool is_hanging(Clock::time_point now) const {
        return !call.empty() && (now >= deadline || (patience && now - begun >= *patience));
    }
};

CallRunner::CallRunner(SystemFactory factory)
    : factory_(std::move(factory)), work_(std::make_shared<Work>()) {}

CallRunner::~CallRunner() {
    leave_thread();
}

bool CallRunner::hangs(const Asked& asked) const {
    return std::ranges::any_of(hung_, [&asked](const std::shared_ptr<Work>& hung) {
        const Asked& its = hung->asked;
        const bool is_same =
            (asked.bank != nullptr && its.bank == asked.bank && its.target == asked.target) ||
            (asked.discovery != nullptr && its.discovery == asked.discovery);
        return is_same && !hung->returns_by(Clock::time_point::min());
    });
}

Status CallRunner::run(const std::string& what, const std::function<void(System&)>& call,
                       const Asked& asked) {
    if (hangs(asked)) {
        return failure(ErrorCode::timed_out,
                       fmt::format("{}: an earlier call to its driver has not returned", what));
    }
    if (!system_) {
        system_ = factory_();
    }
    const std::shared_ptr<Work> work = work_;
    std::shared_ptr<System> system = system_;
    {
        const std::scoped_lock lock(work->mutex);
        work->begun = Clock::now();
        if (work->begun >= work->deadline) {
            return failure(ErrorCode::timed_out,
                           fmt::format("{}: the time is up before it began", what));
        }
        work->call = what;
        work->asked = asked;
    }
    call(*system);
    system.reset();  // a thread that was given up stays for good, but holds no descriptors
    work->leave_call();
    return {};
}

Status CallRunner::supervised(std::chrono::milliseconds budget, std::function<void()> work) {
    work_->deadline = Clock::now() + budget;
    const Status done = supervised(std::move(work));
    work_->deadline = Clock::time_point::max();
    return done;
}

Problems CallRunner::persevered(std::chrono::milliseconds budget,
                                const std::function<void()>& work) {
    const Clock::time_point end = Clock::now() + budget;
    // A slow driver is not left out for having been slow before: it gets the time of one call.
    for (const std::shared_ptr<Work>& hung : hung_) {
        hung->returns_by(end - budget * 3 / 4);
    }
    Problems hanging;
    do {
        work_->deadline = end;
        work_->patience = budget / 4;
        const Status done = supervised(work);
        if (done) {
            work_->deadline = Clock::time_point::max();
            work_->patience.reset();
            return hanging;
        }
        hanging.push_back(done.error());
    } while (Clock::now() < end);
    work_->deadline = end;
    work();  // cannot hang: no call begins any more
    work_->deadline = Clock::time_point::max();
    return hanging;
}

Status CallRunner::supervised(std::function<void()> work) {
    const std::shared_ptr<Work> shared = work_;
    shared->is_done = false;
    leave_thread();
    thread_ = std::thread([shared, kept = factory_, work = std::move(work)]() mutable {
        work();
        work = {};
        {
            const std::scoped_lock lock(shared->mutex);
            shared->is_done = true;
        }
        shared->changed.notify_all();
    });
    std::unique_lock lock(shared->mutex);
    while (!shared->is_done) {
        const Clock::time_point now = Clock::now();
        if (shared->is_hanging(now)) {
            const std::chrono::duration<double> waited = now - shared->begun;
            const bool is_brief = waited < std::chrono::seconds(1);
            shared->is_given_up = true;
            thread_.detach();
            hung_.push_back(shared);
            system_.reset();
            work_ = std::make_shared<Work>();
            return failure(ErrorCode::timed_out,
                           fmt::format("{}: the kernel has not returned for {:.{}f} {}",
                                       shared->call, waited.count() * (is_brief ? 1000 : 1),
                                       is_brief ? 0 : 1, is_brief ? "ms" : "s"));
        }
        const bool is_signalled = !shared->patience && now < shared->deadline;
        shared->changed.wait_until(lock, is_signalled ? shared->deadline : now + glance);
    }
    return {};
}

/// It has done its work, and needs a moment to end.
void CallRunner::leave_thread() {
    if (thread_.joinable()) {
        thread_.join();
    }
}

}  // namespace nanotune
