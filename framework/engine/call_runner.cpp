#include "engine/call_runner.hpp"

#include <utility>

#include <fmt/format.h>

namespace nanotune {

struct CallRunner::Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::function<void(System&)> call;  // empty: nothing to do
    bool is_done = false;
    bool is_ending = false;
};

CallRunner::CallRunner(SystemFactory factory) : factory_(std::move(factory)) {}

CallRunner::~CallRunner() {
    if (!thread_.joinable()) {
        return;
    }
    {
        const std::scoped_lock lock(shared_->mutex);
        shared_->is_ending = true;
    }
    shared_->changed.notify_all();
    thread_.join();
}

void CallRunner::start() {
    shared_ = std::make_shared<Shared>();
    thread_ = std::thread([shared = shared_, factory = factory_] {
        const std::unique_ptr<System> system = factory();
        std::unique_lock lock(shared->mutex);
        while (true) {
            shared->changed.wait(lock, [&] { return shared->call || shared->is_ending; });
            if (shared->is_ending) {
                return;
            }
            const auto call = std::exchange(shared->call, nullptr);
            lock.unlock();
            call(*system);
            lock.lock();
            shared->is_done = true;
            shared->changed.notify_all();
        }
    });
}

Status CallRunner::run(std::string what, std::function<void(System&)> call) {
    using std::chrono::steady_clock;
    const auto begin = steady_clock::now();
    if (begin >= deadline_) {
        return failure(ErrorCode::timed_out,
                       fmt::format("{}: the time is up before it began", what));
    }
    if (!thread_.joinable()) {
        start();
    }
    std::unique_lock lock(shared_->mutex);
    shared_->call = std::move(call);
    shared_->is_done = false;
    shared_->changed.notify_all();
    const auto is_done = [this] { return shared_->is_done; };
    if (deadline_ == steady_clock::time_point::max()) {
        shared_->changed.wait(lock, is_done);
        return {};
    }
    if (shared_->changed.wait_until(lock, deadline_, is_done)) {
        return {};
    }
    shared_->is_ending = true;  // should it ever return, it ends
    lock.unlock();
    thread_.detach();
    const std::chrono::duration<double> waited = steady_clock::now() - begin;
    return failure(ErrorCode::timed_out, fmt::format("{}: the kernel has not returned for {:.1f} s",
                                                     what, waited.count()));
}

}  // namespace nanotune
