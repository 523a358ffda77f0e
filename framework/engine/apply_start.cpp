// The last stage of an apply: a datapath starts on a host that was seen to be as it is to be. Where
// it is not, and what was reached is kept, those start that are told to.
#include <algorithm>
#include <functional>
#include <iterator>
#include <map>

#include <nanotune/starting.hpp>

#include "engine/apply.hpp"
#include "engine/plan_report.hpp"

namespace nanotune {
namespace {

/// What is wanted of one target.
struct WantedWorker {
    const Bank* bank = nullptr;
    std::vector<Assignment> assignments;
};

bool starts_anyway(const WantedWorker& asked) {
    const auto* const says = dynamic_cast<const StartsAnyway*>(asked.bank);
    return says != nullptr && says->starts_anyway(asked.assignments);
}

}  // namespace

Status Apply::start(Plan& planned, const Status& so_far) {
    if (planned.changes.empty() && still_holds(Stage::datapath, planned)) {
        return stage(Stage::datapath, planned);
    }
    Status ready = so_far ? settle() : so_far;
    if (ready) {
        return stage(Stage::datapath, planned);
    }
    if (!goes_on_after(ready.error())) {
        leave_out(planned.changes);
        return ready;
    }
    const bool holds = still_holds(Stage::datapath, planned);
    auto now = as_of_now(Stage::datapath, planned);
    if (!now) {
        report_.problems.push_back(std::move(now).error());
        leave_out(planned.changes);
        return ready;
    }
    leave_out(take_those_that_wait(*now));
    hold(now->unchanged, holds ? Read::when_planned : Read::now);
    Status started = stage(*std::move(now));
    return started || goes_on_after(started.error()) ? std::move(ready) : std::move(started);
}

/// Those of workers that start on nothing but a host as it is to be. What the profile does not name
/// ends all the same.
std::vector<Change> Apply::take_those_that_wait(Plan& plan) const {
    std::map<std::string, WantedWorker> wanted;
    for (const auto* changes : {&plan.changes, &plan.unchanged}) {
        for (const Change& change : *changes) {
            if (wanted_.contains(change.desired)) {
                WantedWorker& asked = wanted[change.desired.candidate->target.text()];
                asked.bank = change.desired.setting.bank;
                asked.assignments.push_back(
                    {.tunable = change.desired.setting.tunable, .value = change.desired.value});
            }
        }
    }
    std::erase_if(wanted, [](const auto& target) { return starts_anyway(target.second); });
    const auto waits = [&wanted](const Change& change) {
        return wanted.contains(change.desired.candidate->target.text());
    };
    std::erase_if(plan.unchanged, waits);
    const auto first = std::ranges::stable_partition(plan.changes, std::not_fn(waits));
    std::vector<Change> waiting(std::make_move_iterator(first.begin()),
                                std::make_move_iterator(first.end()));
    plan.changes.erase(first.begin(), first.end());
    return waiting;
}

void Apply::leave_out(const std::vector<Change>& changes) {
    for (const Change& change : changes) {
        failures_.push_back(row_of(change, Outcome::not_done));
        failures_.back().message = "not started: what it builds on is not as the profile wants it";
    }
}

}  // namespace nanotune
