// Calls to the kernel that are made only to look.
#pragma once

#include <memory>

#include "engine/call_runner.hpp"
#include "engine/quiet_system.hpp"

namespace nanotune {

/// One thread uses it.
class Observer {
  public:
    Observer(const SystemFactory& systems, std::shared_ptr<CallClock> clock)
        : calls_([systems, state = state_] { return quiet_system(systems(), state); },
                 std::move(clock), Afterwards::ends) {}

    [[nodiscard]] CallRunner& calls() { return calls_; }
    [[nodiscard]] GazeState& state() { return *state_; }

  private:
    std::shared_ptr<GazeState> state_ = std::make_shared<GazeState>();
    CallRunner calls_;
};

}  // namespace nanotune
