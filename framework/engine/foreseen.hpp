// What earlier stages of a plan are still to do to what later ones find: which targets go with
// their changes, and which come.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/survey.hpp"
#include "model/plan.hpp"

namespace nanotune {

/// CPUs that go offline once the setting holds the wanted value.
[[nodiscard]] CpuSet taken_offline(const Desired& desired, const Topology& topology);

/// A value; knows nothing until it has followed a plan.
class Foreseen {
  public:
    /// Adds what the changes of one stage do to the stages after it.
    void follow(const Plan& stage, Survey& survey);

    /// Whether changes make queues or interrupts of the device anew.
    [[nodiscard]] bool is_unsettled(const std::string& device) const {
        return unsettled_.contains(device);
    }
    /// The changes that do so.
    [[nodiscard]] std::span<const Planned> planned() const { return planned_; }

    /// Whether a discovery will find other targets than now.
    [[nodiscard]] bool moves_targets() const {
        return !going_.empty() || !coming_.empty() || !queues_.empty();
    }
    /// The line that changes how many queues of that direction the device has; nullptr for none.
    [[nodiscard]] const Origin* queues_set_at(const std::string& device, bool receiving) const;
    /// Whether the target goes.
    [[nodiscard]] bool takes(const Candidate& target) const;

    struct Targets {
        std::vector<Candidate> list;
        std::map<Target, Coming> coming;
    };
    /// What a discovery will find, by what it finds now.
    [[nodiscard]] Targets left_of(const std::vector<Candidate>& found) const;

  private:
    /// Of one direction: how many queues there will be, and which line changes that.
    struct Direction {
        std::int64_t count = 0;
        std::optional<Origin> line = {};
    };
    struct Queues {
        Direction receiving;
        Direction sending;
        std::string cause;
    };

    void follow_cpus(const Desired& desired, Survey& survey);
    void follow_queues(const Change& change, Survey& survey);
    void add_cpus(Targets& targets) const;
    [[nodiscard]] std::optional<std::int64_t> queues_beside(const Candidate& queue) const;

    std::set<std::string> unsettled_;
    std::vector<Planned> planned_;
    CpuSet going_;
    std::map<unsigned, std::string> coming_;  ///< CPUs, and what brings them
    std::map<std::string, Queues> queues_;    ///< by device
};

}  // namespace nanotune
