// What workers are asked to do once, besides packets, and say that they have done: whoever asked
// may wait for that.
#pragma once

#include "shared.hpp"

namespace nanotune::datapath {

/// One worker's. What was asked before it is there needs no doing.
class Errands {
  public:
    /// Both outlive it.
    Errands(Shared& shared, WorkerPart& part)
        : shared_(shared), part_(part), last_(shared.control.asked()) {}

    /// Says that there is nothing to be done any more. Once the worker begins.
    void begin() noexcept { say(); }
    [[nodiscard]] bool have_come() const noexcept {
        return shared_.control.asked().word() != last_.word();
    }
    /// All that there are, each by its own function, and says so.
    template <typename Reset, typename Clear>
    void run(Reset reset, Clear clear) noexcept {
        const Control::Asked now = shared_.control.asked();
        if (now.resets != last_.resets) {
            reset();
        }
        if (now.clears != last_.clears) {
            clear();
        }
        last_ = now;
        say();
    }

  private:
    /// The last worker to have done it says so for all.
    void say() noexcept;

    Shared& shared_;
    WorkerPart& part_;
    Control::Asked last_;
};

}  // namespace nanotune::datapath
