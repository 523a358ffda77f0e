#include "engine/call_runner.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include <fmt/format.h>

#include "engine/watched_system.hpp"

namespace nanotune {
namespace {

// How long to wait before looking again, where no signal is to be expected.
constexpr std::chrono::milliseconds glance{10};

}  // namespace

struct CallRunner::Work {
    std::mutex mutex;
    std::condition_variable changed;
    CallClock::Time deadline = CallClock::Time::max();
    std::optional<CallClock::Duration> patience;  // with one call
    CallClock::Duration allowed{};                // to the one under way, where there is patience
    CallClock::Time begun;
    const Doing* call = nullptr;  // under way; its caller's, who stays there while it is
    std::string file;  // that the kernel is asked by now; "" where it is none. Stays once given up
    Asked asked;
    bool is_done = false;
    bool is_given_up = false;
    bool has_returned = false;  ///< from the call in which it was given up

    /// Whoever waited for a thread that was given up has taken its work over: it stays for good,
    /// but holds no descriptors.
    void stop_if_given_up(std::unique_lock<std::mutex>& lock, std::shared_ptr<System>& system) {
        if (!is_given_up) {
            return;
        }
        lock.unlock();
        system.reset();
        lock.lock();
        has_returned = true;
        changed.notify_all();
        changed.wait(lock, [] { return false; });
    }

    [[nodiscard]] bool has_returned_by_now() {
        const std::scoped_lock lock(mutex);
        return has_returned;
    }

    [[nodiscard]] bool is_hanging(CallClock::Time now) const {
        return call != nullptr && (now >= deadline || (patience && now - begun >= allowed));
    }
};

/// Where one call is, with the calls that hung before it.
class CallRunner::Whereabouts final : public CallWatch {
  public:
    Whereabouts(std::shared_ptr<Work> work, std::shared_ptr<System> system,
                std::vector<std::shared_ptr<Work>> hung)
        : work_(std::move(work)), system_(std::move(system)), hung_(std::move(hung)) {}

    Status enters(const std::string& file) override {
        std::unique_lock lock(work_->mutex);
        work_->stop_if_given_up(lock, system_);
        const bool is_taken = !file.empty() && std::ranges::any_of(hung_, [&](const auto& hung) {
            return hung->file == file && !hung->has_returned_by_now();
        });
        // Only a bank takes it as what it is; a discovery might see an absence.
        if (is_taken && work_->asked.bank != nullptr) {
            return failure(ErrorCode::timed_out,
                           fmt::format("{}: an earlier call to it has not returned", file));
        }
        work_->file = file;
        return {};
    }
    void leaves() override {
        std::unique_lock lock(work_->mutex);
        work_->stop_if_given_up(lock, system_);
        work_->file.clear();
    }
    void end_call() {
        std::unique_lock lock(work_->mutex);
        work_->stop_if_given_up(lock, system_);
        work_->call = nullptr;
    }
    [[nodiscard]] System& system() { return *system_; }

  private:
    std::shared_ptr<Work> work_;
    std::shared_ptr<System> system_;
    std::vector<std::shared_ptr<Work>> hung_;
};

CallRunner::CallRunner(SystemFactory factory, std::shared_ptr<CallClock> clock,
                       Afterwards afterwards)
    : factory_(std::move(factory)),
      clock_(std::move(clock)),
      work_(std::make_shared<Work>()),
      afterwards_(afterwards) {}

void CallRunner::rest() {
    thread_.end();
    system_.reset();
}

void CallRunner::expect_writes(bool are_expected) {
    are_writes_expected_ = are_expected;
    if (system_) {
        system_->files().expect_writes(are_expected);
    }
}

bool CallRunner::hangs(const Asked& asked) const {
    return std::ranges::any_of(hung_, [&asked](const std::shared_ptr<Work>& hung) {
        const Asked& its = hung->asked;
        // Another file of the bank may answer; what is asked of a driver by netlink does not.
        const bool is_same = (its.is_of_same_target(asked) && hung->file.empty()) ||
                             (asked.discovery != nullptr && its.discovery == asked.discovery);
        return is_same && !hung->has_returned_by_now();
    });
}

CallClock::Duration CallRunner::time_left() const {
    const std::scoped_lock lock(work_->mutex);
    return work_->deadline == CallClock::Time::max() ? CallClock::Duration::max()
                                                     : work_->deadline - clock_->now();
}

bool CallRunner::returns_by(Work& hung, CallClock::Time end) {
    std::unique_lock lock(hung.mutex);
    while (!hung.has_returned && clock_->now() < end) {
        clock_->wait_for_given_up(hung.changed, lock, end);
    }
    return hung.has_returned;
}

Status CallRunner::run(const Doing& what, const std::function<void(System&)>& call,
                       const Asked& asked) {
    if (hangs(asked)) {
        return failure(
            ErrorCode::timed_out,
            fmt::format("{}: an earlier call to its driver has not returned", what.text()));
    }
    if (!system_) {
        system_ = factory_();
        system_->files().expect_writes(are_writes_expected_);
    }
    const std::shared_ptr<Work> work = work_;
    Whereabouts whereabouts(work, system_, hung_);
    WatchedSystem watched(whereabouts.system(), whereabouts);
    // Of a target on which one file after the other hangs each has half the time of the one before.
    const auto before = std::ranges::count_if(hung_, [&asked](const auto& hung) {
        return hung->asked.is_of_same_target(asked) && !hung->has_returned_by_now();
    });
    {
        const std::scoped_lock lock(work->mutex);
        work->begun = clock_->now();
        if (work->begun >= work->deadline) {
            return failure(ErrorCode::timed_out,
                           fmt::format("{}: the time is up before it began", what.text()));
        }
        work->call = &what;
        work->asked = asked;
        work->allowed = work->patience.value_or(CallClock::Duration::zero()) /
                        (1LL << std::min<std::int64_t>(before, 30));
    }
    call(watched);
    whereabouts.end_call();
    return {};
}

Status CallRunner::supervised(std::chrono::milliseconds budget, std::function<void()> work) {
    work_->deadline = clock_->now() + budget;
    if (Status begun = begin(std::move(work)); !begun) {
        work_->deadline = CallClock::Time::max();
        return begun;
    }
    return end();
}

Status CallRunner::supervised_if_possible(std::chrono::milliseconds budget,
                                          const std::function<void()>& work) {
    Status done = supervised(budget, work);
    if (done || done.error().code != ErrorCode::exhausted) {
        return done;
    }
    work_->deadline = clock_->now() + budget;
    work();
    work_->deadline = CallClock::Time::max();
    return {};
}

Status CallRunner::end() {
    const Status done = waited();
    work_->deadline = CallClock::Time::max();
    return done;
}

void CallRunner::allow(std::chrono::milliseconds budget) {
    {
        const std::scoped_lock lock(work_->mutex);
        work_->deadline = clock_->now() + budget;
    }
    work_->changed.notify_all();
}

Problems CallRunner::persevered(std::chrono::milliseconds budget,
                                const std::function<void()>& work) {
    const CallClock::Time end = clock_->now() + budget;
    // A slow driver is not left out for having been slow before: it gets the time of one call.
    for (const std::shared_ptr<Work>& hung : hung_) {
        returns_by(*hung, end - budget * 3 / 4);
    }
    Problems hanging;
    do {
        work_->deadline = end;
        work_->patience = budget / 4;
        if (!begin(work)) {
            break;
        }
        const Status done = waited();
        if (done) {
            work_->deadline = CallClock::Time::max();
            work_->patience.reset();
            return hanging;
        }
        hanging.push_back(done.error());
    } while (clock_->now() < end);
    // No call begins any more; or there is no thread to be had, and a call that hangs holds this
    // one.
    work_->deadline = end;
    work_->patience.reset();
    work();
    work_->deadline = CallClock::Time::max();
    return hanging;
}

Status CallRunner::begin(std::function<void()> work) {
    work_->is_done = false;
    auto told = [shared = work_, kept = factory_, work = std::move(work)]() mutable {
        work();
        work = {};
        {
            const std::scoped_lock lock(shared->mutex);
            shared->is_done = true;
        }
        shared->changed.notify_all();
    };
    return thread_.begin(std::move(told), afterwards_);
}

Status CallRunner::waited() {
    const std::shared_ptr<Work> shared = work_;
    std::unique_lock lock(shared->mutex);
    while (!shared->is_done) {
        const CallClock::Time now = clock_->now();
        if (shared->is_hanging(now)) {
            const std::chrono::duration<double> waited = now - shared->begun;
            const bool is_brief = waited < std::chrono::seconds(1);
            shared->is_given_up = true;
            clock_->give_up();
            thread_.leave();
            hung_.push_back(shared);
            system_.reset();
            work_ = std::make_shared<Work>();
            return failure(ErrorCode::timed_out,
                           fmt::format("{}: the kernel has not returned for {:.{}f} {}{}{}",
                                       shared->call->text(), waited.count() * (is_brief ? 1000 : 1),
                                       is_brief ? 0 : 1, is_brief ? "ms" : "s",
                                       shared->file.empty() ? "" : " from ", shared->file));
        }
        const bool is_signalled = !shared->patience && now < shared->deadline;
        clock_->wait(shared->changed, lock, is_signalled ? shared->deadline : now + glance);
    }
    return {};
}

}  // namespace nanotune
