// Kernel calls under a deadline. A driver that hangs in a system call cannot be interrupted: the
// thread that it holds is given up, named, and the work goes on in another thread with descriptors
// of its own.
#pragma once

#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <nanotune/bank.hpp>

#include "engine/call_clock.hpp"
#include "engine/call_thread.hpp"
#include "model/problems.hpp"

namespace nanotune {

using SystemFactory = std::function<std::unique_ptr<System>()>;

/// What a call asks: a bank about one target, or a discovery. A call to it that hangs keeps
/// everybody away from it until it returns; one that hangs in a file keeps banks from that file.
struct Asked {
    const Bank* bank = nullptr;
    Target target = {};
    Discovery discovery = nullptr;

    [[nodiscard]] bool is_of_same_target(const Asked& other) const {
        return bank != nullptr && bank == other.bank && target == other.target;
    }
};

/// What a call does, for people: a view of it, which is put into words only where somebody is told.
class Doing {
  public:
    Doing(const char* text) : words_([text] { return std::string(text); }) {}  // NOLINT: as a text
    Doing(const std::string& text) : words_([&text] { return text; }) {}       // NOLINT: as a text
    template <std::invocable Words>
    Doing(const Words& words) : words_(std::cref(words)) {}  // NOLINT: as what it says

    [[nodiscard]] std::string text() const { return words_(); }

  private:
    std::function<std::string()> words_;
};

/// Makes every call to the kernel. One thread uses it at a time.
class CallRunner {
  public:
    explicit CallRunner(SystemFactory factory,
                        std::shared_ptr<CallClock> clock = std::make_shared<CallClock>(),
                        Afterwards afterwards = Afterwards::waits);
    ~CallRunner() = default;
    CallRunner(const CallRunner&) = delete;
    CallRunner& operator=(const CallRunner&) = delete;
    CallRunner(CallRunner&&) = delete;
    CallRunner& operator=(CallRunner&&) = delete;

    /// Runs `work` on another thread and waits for it. When a call in it has not returned
    /// within `budget`, its thread never goes on, should the call ever return: nothing that `work`
    /// uses is touched again, and all of it must stay alive (shared with `work`). Errors:
    /// timed_out, naming the call. Such a thread keeps the factory, and what that keeps alive, for
    /// the rest of the process: the code that the call runs must not be unloaded under it.
    Status supervised(std::chrono::milliseconds budget, std::function<void()> work);

    /// The same; where the kernel gives no thread, on the calling one, which a call in it that
    /// hangs then holds: for what must not be left undone.
    Status supervised_if_possible(std::chrono::milliseconds budget,
                                  const std::function<void()>& work);

    /// Begins `work` as `supervised` does, and goes on: until `end` has returned, `work` alone uses
    /// this runner. Each part of it has the time that it allows itself.
    [[nodiscard]] Status begin(std::function<void()> work);
    /// For work that was begun: its calls from now on have so much time, together.
    void allow(std::chrono::milliseconds budget);
    /// Waits for it. Errors: as of `supervised`.
    Status end();

    /// Runs `work`, and again without what hangs in it, until it comes to an end. One call has a
    /// quarter of the budget, and so has one that hung before, to return; on a target on which one
    /// hung it has half of that, and so on. Once the budget is used up, every call fails at once.
    /// The calls that hang.
    Problems persevered(std::chrono::milliseconds budget, const std::function<void()>& work);

    /// Makes one call, on the calling thread. Given up, it goes no further than the kernel's next
    /// answer. Errors: timed_out, when the time is up before it begins, or a call to the same
    /// hangs.
    Status run(const Doing& what, const std::function<void(System&)>& call,
               const Asked& asked = {});

    /// Makes one call and gives back what it returned. Errors: timed_out.
    template <typename F>
    auto ask(const Doing& what, F call, const Asked& asked = {})
        -> Result<std::invoke_result_t<F&, System&>> {
        std::optional<std::invoke_result_t<F&, System&>> answer;
        NT_CHECK(
            run(what, [&answer, &call](System& system) { answer.emplace(call(system)); }, asked));
        return *std::move(answer);  // NOLINT(bugprone-unchecked-optional-access): run made the call
    }

    /// Between works: nothing is kept that the next one brings about again, its thread and its
    /// descriptors.
    void rest();

    /// For work under way, between two calls: the System goes, and the next call brings another
    /// about.
    void let_go() { system_.reset(); }

    /// Between works: as Files::expect_writes, also of a System that is yet to come.
    void expect_writes(bool are_expected);

    [[nodiscard]] bool hangs(const Asked& asked) const;
    /// Until calls fail at once; for work under way.
    [[nodiscard]] CallClock::Duration time_left() const;
    [[nodiscard]] CallClock& clock() const { return *clock_; }

  private:
    struct Work;
    class Whereabouts;
    Status waited();
    bool returns_by(Work& hung, CallClock::Time end);

    SystemFactory factory_;
    std::shared_ptr<CallClock> clock_;
    std::shared_ptr<System> system_;  // kept alive by a thread that was given up
    bool are_writes_expected_ = false;
    std::shared_ptr<Work> work_;
    std::vector<std::shared_ptr<Work>> hung_;  // given up
    Afterwards afterwards_;
    CallThread thread_;  // another, once it was given up
};

}  // namespace nanotune
