// Kernel calls under a deadline. A driver that hangs in a system call cannot be interrupted: the
// thread that it holds is given up, named, and the work goes on in another thread with descriptors
// of its own.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

#include <nanotune/system.hpp>

namespace nanotune {

using SystemFactory = std::function<std::unique_ptr<System>()>;

/// Makes every call to the kernel. One thread uses it at a time.
class CallRunner {
  public:
    using Clock = std::chrono::steady_clock;

    explicit CallRunner(SystemFactory factory);
    ~CallRunner();
    CallRunner(const CallRunner&) = delete;
    CallRunner& operator=(const CallRunner&) = delete;
    CallRunner(CallRunner&&) = delete;
    CallRunner& operator=(CallRunner&&) = delete;

    /// From now on calls must have returned by then. Also moves the deadline of running work.
    void set_deadline(Clock::time_point deadline);

    /// Runs `work` on a thread of its own and waits for it. When a call in it has not returned by
    /// the deadline, its thread never goes on, should the call ever return: nothing that `work`
    /// uses is touched again, and all of it must stay alive (shared with `work`). Errors:
    /// timed_out, naming the call.
    Status supervised(std::function<void()> work);

    /// Makes one call, on the calling thread. Errors: timed_out, when the time is up before it
    /// begins.
    Status run(const std::string& what, const std::function<void(System&)>& call);

    /// Makes one call and gives back what it returned. Errors: timed_out.
    template <typename F>
    auto ask(const std::string& what, F call) -> Result<std::invoke_result_t<F&, System&>> {
        std::optional<std::invoke_result_t<F&, System&>> answer;
        NT_CHECK(run(what, [&answer, &call](System& system) { answer.emplace(call(system)); }));
        return *std::move(answer);
    }

  private:
    struct Work;

    SystemFactory factory_;
    std::shared_ptr<System> system_;  // kept alive by a thread that was given up
    std::shared_ptr<Work> work_;
};

}  // namespace nanotune
