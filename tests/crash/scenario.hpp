// A verb that is killed for real, on a host and a journal that outlive the process.
#pragma once

#include <functional>
#include <string>

#include "support/engine_on.hpp"
#include "support/scratch_folder.hpp"

namespace nanotune::test {

struct Scenario {
    FakeHost host;
    /// Profiles applied, whole, before the verb under test.
    std::vector<std::string> before = {};
    std::function<Report(EngineOn&)> verb;
};

/// When SIGKILL comes. 0 is never.
struct Kill {
    unsigned before_write = 0;
    std::size_t after_record = 0;
};

/// Host and state folder of one run, and the processes that work on them.
class Outside {
  public:
    /// Applies `scenario.before` in a process of its own.
    explicit Outside(const Scenario& scenario);

    /// Runs the verb in a child. Whether it was killed, not whether it succeeded.
    [[nodiscard]] bool killed(const Kill& kill) const;
    /// Runs something else in a child, killed or not.
    [[nodiscard]] bool killed(const Kill& kill, const std::function<Report(EngineOn&)>& verb) const;
    /// The host as it is now.
    [[nodiscard]] FakeHost host() const;
    /// Does something with an engine that knows nothing of the processes before it.
    void with_engine(const std::function<void(EngineOn&)>& what) const;

  private:
    [[nodiscard]] std::string host_file() const { return folder_.path() + "/host"; }
    [[nodiscard]] std::string state_folder() const { return folder_.path() + "/state"; }

    const Scenario* scenario_;
    ScratchFolder folder_;
};

}  // namespace nanotune::test
