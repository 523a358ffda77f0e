#include "engine/losses.hpp"

#include <utility>

#include <fmt/format.h>

#include "engine/side_effects.hpp"

namespace nanotune {
namespace {

/// Where its cause is as before nanotune again, what only followed that is to be so, too.
Value value_after(const std::optional<Touched>& touched, bool is_cause_back, const Value& now) {
    const bool is_back = touched && touched->is_side_effect && is_cause_back &&
                         touched->got.value_or(touched->wanted) == now;
    return is_back ? touched->before : now;
}

}  // namespace

void Losses::add(const Change& cause, const SettingRef& setting, const Candidate& candidate,
                 const std::optional<Value>& of_device, bool is_carried) {
    if (known_.empty()) {  // few changes take anything away
        for (const Change& change : plan_.changes) {
            known_.insert(spot_of(change.desired));
        }
    }
    if (known_.contains(spot_in(setting, candidate))) {
        return;
    }
    const Shared<Candidate> shared = candidate;
    known_.insert(spot_of(setting, shared));
    note(cause);
    losses_.push_back({.desired = {.setting = setting,
                                   .candidate = shared,
                                   .value = {},
                                   .origin = cause.desired.origin,
                                   .by_exact_name = cause.desired.by_exact_name,
                                   .group = {},
                                   .missing = {}},
                       .before = {},
                       .known_after = {},
                       .note = "reset by " + causes_.back().text,
                       .is_side_effect = true,
                       .is_carried = is_carried});
    of_devices_.push_back(of_device);
    cause_of_.push_back(causes_.size() - 1);
}

/// It mostly takes away several things, one after the other.
void Losses::note(const Change& cause) {
    if (!causes_.empty() && causes_.back().change == &cause) {
        return;
    }
    const Desired& desired = cause.desired;
    const Value* const baseline = ledger_.baseline_of(key_of(desired));
    causes_.push_back({.change = &cause,
                       .text = text_of(desired.setting, desired.candidate->target),
                       .is_back = baseline != nullptr && *baseline == desired.value});
}

/// What earlier applies have made of it, or taken along.
std::optional<Touched> Losses::recorded(const Change& change) const {
    return ledger_.undoing(key_of(change.desired));
}

Result<std::vector<Change>> Losses::read(Survey& survey) {
    NT_TRY(auto readings, survey.read(places_of(losses_)));
    std::vector<Change> readable;
    for (std::size_t i = 0; i < losses_.size(); ++i) {
        Change& loss = losses_[i];
        const Cause& cause = causes_[cause_of_[i]];
        if (readings[i]) {
            const std::optional<Touched> touched = recorded(loss);
            if (of_devices_[i] == readings[i]->value && !touched) {
                continue;
            }
            loss.desired.value = value_after(touched, cause.is_back, readings[i]->value);
            loss.before = std::move(readings[i]->value);
            readable.push_back(std::move(loss));
        } else if (!is_absence(readings[i].error())) {
            return std::unexpected(
                std::move(readings[i])
                    .error()
                    .within(fmt::format(
                        "{}: {}: {} resets it, and its old value cannot be put on record",
                        loss.desired.origin.text(),
                        text_of(loss.desired.setting, loss.desired.candidate->target),
                        cause.text)));
        }
    }
    return readable;
}

}  // namespace nanotune
