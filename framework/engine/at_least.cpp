#include "engine/at_least.hpp"

#include <algorithm>
#include <map>

#include "engine/stage_plan.hpp"

namespace nanotune {
namespace {

class Baselines {
  public:
    explicit Baselines(const Ledger& ledger) : active_(ledger.active()) {
        for (Touched& touched : ledger.undoing_from(0)) {
            baselines_.emplace(std::move(touched.key), std::move(touched.before));
        }
    }

    /// What the target holds of its own: what it would, had nobody applied anything.
    [[nodiscard]] const Value& own(const Key& key, const Value& now) const {
        if (active_ == nullptr) {
            return now;
        }
        const auto held = active_->held.find(key);
        const bool is_ours = held != active_->held.end() && held->second.got == now;
        const auto before = is_ours ? baselines_.find(key) : baselines_.end();
        return before == baselines_.end() ? now : before->second;
    }

  private:
    const Applied* active_;
    std::map<Key, Value> baselines_;
};

}  // namespace

void keep_what_is_more(std::vector<Desired>& desired, const std::vector<Result<Reading>>& readings,
                       const Ledger& ledger) {
    if (std::ranges::none_of(desired, &Desired::at_least)) {
        return;
    }
    const Baselines baselines(ledger);
    for (std::size_t i = 0; i < desired.size(); ++i) {
        if (!desired[i].at_least || !readings[i]) {
            continue;
        }
        const Value& own = baselines.own(key_of(desired[i]), readings[i]->value);
        const auto* more = std::get_if<std::int64_t>(&own);
        const auto* least = std::get_if<std::int64_t>(&desired[i].value);
        if (more != nullptr && least != nullptr && *more > *least) {
            desired[i].note = "more than the profile's " +
                              printed(desired[i].setting.tunable->domain, desired[i].value);
            desired[i].value = own;
        }
    }
}

}  // namespace nanotune
