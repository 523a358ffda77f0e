#include "engine/at_least.hpp"

#include <algorithm>

#include "engine/stage_plan.hpp"

namespace nanotune {
namespace {

/// What the target holds of its own: what it would, had nobody applied anything.
Value own_value(const Ledger& ledger, const Key& key, const Value& now) {
    const Applied* const active = ledger.active();
    if (active == nullptr) {
        return now;
    }
    const auto held = active->held.find(key);
    const bool is_ours = held != active->held.end() && held->second.got == now;
    const Value* const baseline = is_ours ? ledger.baseline_of(key) : nullptr;
    return baseline == nullptr ? now : *baseline;
}

}  // namespace

void keep_what_is_more(std::vector<Desired>& desired, const std::vector<Result<Reading>>& readings,
                       const Ledger& ledger) {
    if (std::ranges::none_of(desired, &Desired::at_least)) {
        return;
    }
    for (std::size_t i = 0; i < desired.size(); ++i) {
        if (!desired[i].at_least || !readings[i]) {
            continue;
        }
        const Value own = own_value(ledger, key_of(desired[i]), readings[i]->value);
        const auto* more = std::get_if<std::int64_t>(&own);
        const auto* least = std::get_if<std::int64_t>(&desired[i].value);
        const bool is_unlimited = std::holds_alternative<std::string>(own);  // above all numbers
        if (least != nullptr && (is_unlimited || (more != nullptr && *more > *least))) {
            desired[i].note = "more than the profile's " +
                              printed(desired[i].setting.tunable->domain, desired[i].value);
            desired[i].value = own;
        }
    }
}

}  // namespace nanotune
