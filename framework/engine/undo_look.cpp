// What the host holds of what is to be undone.
#include <algorithm>
#include <cerrno>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "engine/reach.hpp"
#include "engine/undo.hpp"

namespace nanotune {
namespace {

bool is_gone(const Error& error) {
    return error.code == ErrorCode::not_found || error.code == ErrorCode::unsupported;
}

/// A driver may answer that something timed out: that has a number.
bool is_hanging(const Error& error) {
    return error.code == ErrorCode::timed_out && error.kernel_errno == 0;
}

/// Whether what can be read now was away with its device, where somebody may have given it a value:
/// what comes back with something else, as a queue's with the channels, is as its driver makes it.
bool was_away(const UndoStep& step, const std::vector<UndoStep>& steps) {
    const Target& target = step.touched.key.target;
    return step.outcome == Outcome::gone && target == Target::nic(target.device()) &&
           std::ranges::none_of(steps,
                                [&](const UndoStep& other) { return brings_back(other, step); });
}

}  // namespace

void Undo::look(std::vector<UndoStep>& steps) {
    std::vector<Place> places;
    std::vector<UndoStep*> looked_at;
    for (UndoStep& step : steps) {
        if (step.setting.tunable == nullptr || step.outcome == Outcome::overridden ||
            step.is_out_of_reach) {
            continue;
        }
        if (has_lost_its_name(step)) {
            step.now.reset();
            step.outcome = Outcome::refused;
            step.message = fmt::format("another device was given the name {} meanwhile",
                                       step.touched.bearer.device->name);
            step.is_unread = true;
            continue;
        }
        places.push_back({step.setting, step.touched.key.target});
        looked_at.push_back(&step);
    }
    auto readings = survey_.read(places);
    for (std::size_t i = 0; i < looked_at.size(); ++i) {
        UndoStep& step = *looked_at[i];
        step.now.reset();
        step.hangs = false;
        const bool was_unread = std::exchange(step.is_unread, false);
        if (!readings) {
            recall(step, readings.error());
        } else if (!(*readings)[i]) {
            fail_to_read(step, (*readings)[i].error());
        } else {
            note(step, requested_in(*(*readings)[i]));
            step.is_operators = (*readings)[i]->is_operators;
            const bool is_to_judge = was_unread || was_away(step, steps);
            if (was_unread || step.outcome == Outcome::gone) {
                step.outcome = Outcome::not_done;
                step.message.clear();
            }
            if (is_to_judge) {
                judge(step);
            }
            leave_to_operator(step);
        }
    }
}

/// Also what this rollback has restored already: it was done after that.
void Undo::leave_to_operator(UndoStep& step) const {
    if (step.is_operators && restores_ < Restores::everything && step.now != step.touched.before) {
        step.outcome = Outcome::overridden;
        step.message = left_since(step, "an operator has set it so since");
    }
}

/// Names were looked up when this began. By its number alone something stays what it is.
bool Undo::has_lost_its_name(const UndoStep& step) {
    const auto& [key, bearer] = std::tie(step.touched.key, step.touched.bearer);
    if (key.device == 0 || !bearer.device.is_known()) {
        return false;
    }
    const DeviceIdentity now = survey_.candidate_of(step.setting, key.target).identity;
    return now.is_known() && !is_same(bearer.device, now);
}

void Undo::fail_to_read(UndoStep& step, const Error& why) {
    const bool is_of_device = step.touched.key.device != 0;
    if (why.kernel_errno == ENODEV && is_of_device &&
        is_detached(step.touched.bearer.device, survey_)) {
        step.outcome = Outcome::refused;
        step.message =
            fmt::format("{} is there, and does not answer, as while its driver resets it",
                        step.touched.bearer.device->name);
        step.is_unread = true;
    } else if (is_gone(why)) {
        step.outcome = Outcome::gone;
        step.message =
            why.code == ErrorCode::not_found ? "its target is gone" : "its target has it no longer";
    } else if (why.code == ErrorCode::conflict) {
        step.outcome = Outcome::overridden;
        step.message = left_since(step, why.message);
    } else if (is_of_offline_cpu(step.touched.key.target, survey_)) {
        step.outcome = Outcome::gone;
        step.message = "its CPU is offline";
    } else {
        step.outcome = Outcome::refused;
        step.message = why.message;
        step.is_unread = true;
        step.hangs = is_hanging(why);
    }
}

/// Whether something of what is gone can be asked for again: its device was away when it was read.
/// A queue that its driver gave up, or a device that is no more, is gone for good.
bool Undo::is_back(const std::vector<UndoStep>& steps) {
    const auto has_gone = [](const UndoStep& step) {
        return step.outcome == Outcome::gone && !step.is_out_of_reach &&
               step.touched.key.device != 0;
    };
    if (std::ranges::none_of(steps, has_gone)) {
        return false;
    }
    survey_.forget();
    std::vector<Place> places;
    for (const UndoStep& step : steps) {
        Candidate candidate{.target = step.touched.key.target};
        if (has_gone(step)) {
            survey_.identify(step.setting, candidate);
        }
        if (candidate.identity.is_known() &&
            is_same(step.touched.bearer.device, candidate.identity)) {
            places.push_back({step.setting, step.touched.key.target});
        }
    }
    if (places.empty()) {
        return false;
    }
    const auto readings = survey_.read(places);
    survey_.forget();
    return readings && std::ranges::any_of(*readings, [](const Result<Reading>& reading) {
               return reading || !is_gone(reading.error()) ||
                      reading.error().kernel_errno == ENODEV;
           });
}

/// What looked like somebody else's may have followed something else of ours, and be back with it.
void Undo::look_at_left(std::vector<UndoStep>& steps) {
    std::vector<Place> places;
    std::vector<UndoStep*> left;
    for (UndoStep& step : steps) {
        if (step.outcome == Outcome::overridden && is_cut_off(step.touched)) {
            places.push_back({step.setting, step.touched.key.target});
            left.push_back(&step);
        }
    }
    const auto readings = survey_.read(places);
    for (std::size_t i = 0; readings && i < left.size(); ++i) {
        const Result<Reading>& reading = (*readings)[i];
        if (reading && requested_in(*reading) == left[i]->touched.before) {
            note(*left[i], requested_in(*reading));
            left[i]->outcome = Outcome::unchanged;
        }
    }
}

void Undo::note(UndoStep& step, Value now) {
    step.first = first_.try_emplace(step.touched.key, now).first->second;
    latest_.insert_or_assign(step.touched.key, now);
    step.now = std::move(now);
}

/// Where the time is up, what was read last counts.
void Undo::recall(UndoStep& step, const Error& why) {
    const auto latest = latest_.find(step.touched.key);
    if (latest != latest_.end()) {
        note(step, Value(latest->second));
    } else {
        step.outcome = Outcome::refused;
        step.message = why.message;
    }
}

}  // namespace nanotune
