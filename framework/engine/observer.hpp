// Calls to the kernel that are made only to look.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "engine/call_runner.hpp"
#include "engine/quiet_system.hpp"
#include "engine/vigil_state.hpp"

namespace nanotune {

/// One thread uses it, but what a vigil looks with.
class Observer {
  public:
    Observer(const SystemFactory& systems, std::shared_ptr<CallClock> clock)
        : calls_([systems, state = state_] { return quiet_system(systems(), state); },
                 std::move(clock), Afterwards::ends) {}

    [[nodiscard]] CallRunner& calls() { return calls_; }
    [[nodiscard]] GazeState& state() { return *state_; }

    /// What the last quiet look at everything saw.
    void saw(std::optional<Sight> all) { last_ = std::move(all); }
    [[nodiscard]] const std::optional<Sight>& last() const { return last_; }
    void keep(std::shared_ptr<VigilState> vigil) { vigil_ = std::move(vigil); }
    /// The vigil that is kept, or nullptr; now none is.
    [[nodiscard]] std::shared_ptr<VigilState> take_vigil() { return std::exchange(vigil_, {}); }

  private:
    std::shared_ptr<GazeState> state_ = std::make_shared<GazeState>();
    CallRunner calls_;
    std::optional<Sight> last_;
    std::shared_ptr<VigilState> vigil_;
};

}  // namespace nanotune
