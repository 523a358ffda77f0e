// Kernel calls under a deadline. A driver that hangs in a system call cannot be interrupted: its
// thread is given up, named, and the work goes on with a new thread and new descriptors.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <nanotune/system.hpp>

namespace nanotune {

using SystemFactory = std::function<std::unique_ptr<System>()>;

/// Runs one call at a time on a thread of its own. Used by one thread.
class CallRunner {
  public:
    explicit CallRunner(SystemFactory factory);
    ~CallRunner();
    CallRunner(const CallRunner&) = delete;
    CallRunner& operator=(const CallRunner&) = delete;
    CallRunner(CallRunner&&) = delete;
    CallRunner& operator=(CallRunner&&) = delete;

    /// From now on calls must have returned by then.
    void set_deadline(std::chrono::steady_clock::time_point deadline) { deadline_ = deadline; }

    /// Runs `call` and waits for it. `call` must own everything that it touches: when it does not
    /// return in time it is left running, on its own. Errors: timed_out, naming `what`.
    Status run(std::string what, std::function<void(System&)> call);

    /// Runs `call` and gives back what it returned. Errors: timed_out.
    template <typename F>
    auto ask(std::string what, F call) -> Result<std::invoke_result_t<F&, System&>> {
        using Answer = std::invoke_result_t<F&, System&>;
        auto answer = std::make_shared<std::optional<Answer>>();
        NT_CHECK(run(std::move(what), [answer, call = std::move(call)](System& system) mutable {
            answer->emplace(call(system));
        }));
        return std::move(**answer);
    }

  private:
    struct Shared;
    void start();

    SystemFactory factory_;
    std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
    std::shared_ptr<Shared> shared_;
    std::thread thread_;
};

}  // namespace nanotune
