#include "daemon/keeper.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "daemon/process_match.hpp"
#include "service/time_text.hpp"

namespace nanotune::daemon {

namespace {

/// Whether there is something to keep.
bool is_held(const Standing& status) {
    return status.state == HostState::tuned || status.state == HostState::degraded ||
           status.state == HostState::awaiting_confirmation;
}

}  // namespace

void Keeper::begin_anew(const Standing& status) {
    drifts_.forget();
    is_anew_ = is_held(status);
    here_.reset();
    if (!is_anew_) {
        owed_.clear();
        returns_.forget();
        starts_.forget();
        arrivals_.forget();
    } else if (is_first_) {
        starts_.owe();  // what has started before anybody watched gets its own, too
    }
    next_poll_.reset();
    if (!is_anew_) {
        followed_ = {};
        events_.follows({});
    }
}

void Keeper::look(const Look& look, const Standing& status) {
    if (!is_held(status)) {
        is_anew_ = false;
        next_poll_.reset();
        returns_.forget();
        starts_.postpone();
        arrivals_.postpone();
        return;
    }
    host_ = host_file_();
    Turn turn = begin_turn(look);
    const bool is_whole = turn.is_whole;
    if (status.frozen) {
        postpone(look, std::move(turn.came));
    } else {
        serve(look, std::move(turn));
    }
    std::set<std::string> back = see_all(look, is_whole);
    if (!back.empty() && !status.frozen) {
        bring_back(back, Return::came);  // under another name, or in the midst of other notices
        see({.is_quiet = false, .devices = std::move(back)}, look.authors);
    } else {
        owed_.merge(back);
    }
    if (!status.frozen) {
        repair();  // what is not even tried is no try
    }
}

Keeper::Turn Keeper::begin_turn(const Look& look) {
    const bool was_anew = std::exchange(is_anew_, false);
    Turn turn;
    turn.is_due = next_poll_ && Clock::now() >= *next_poll_;
    turn.is_whole = look.is_whole || was_anew || turn.is_due;
    turn.came = look.returned;
    if (turn.is_whole) {
        learn_awaited();
        turn.came.merge(std::exchange(owed_, {}));
    }
    if (look.missed_starts) {
        starts_.owe();
    }
    if (look.missed_arrivals) {
        arrivals_.owe();
    }
    return turn;
}

/// Nothing can be written now: it is owed to whatever came.
void Keeper::postpone(const Look& look, std::set<std::string> came) {
    owed_.merge(came);
    owed_.merge(returns_.take_due(Return::came, Clock::now()));
    for (const std::string& device : returns_.take_due(Return::went_up, Clock::now())) {
        returns_.failed(device, Return::went_up, Clock::now());
    }
    starts_.postpone();
    arrivals_.postpone();
    if (!look.started.empty()) {
        starts_.owe();
    }
    if (!look.arrived.empty()) {
        arrivals_.owe();
    }
}

void Keeper::serve(const Look& look, Turn turn) {
    turn.came.merge(returns_.take_due(Return::came, Clock::now()));
    bring_back(turn.came, Return::came);
    std::set<std::string> up_again = look.up_again;
    up_again.merge(returns_.take_due(Return::went_up, Clock::now()));
    bring_back(up_again, Return::went_up);
    const auto is_due = [](const TakingIn& each) {
        return each.due() && *each.due() <= Clock::now();
    };
    const bool is_owed_now = turn.is_whole || is_due(starts_) || is_due(arrivals_);
    take_in(look);
    if (is_owed_now) {
        take_in_what_is_owed(turn.is_due);
    }
}

/// The devices that are there again, and not because they are new.
std::set<std::string> Keeper::see_all(const Look& look, bool is_whole) {
    std::set<std::string> back;
    if (std::exchange(has_come_, false) || is_whole) {
        back = see({.is_quiet = true}, look.authors);
        next_poll_ =
            host_.poll.count() == 0 ? std::nullopt : std::optional(Clock::now() + host_.poll);
    }
    std::set<std::string> devices = look.devices;
    if (std::exchange(is_first_, false)) {
        devices.insert(followed_.devices.begin(), followed_.devices.end());
    }
    if (!devices.empty()) {
        back.merge(see({.is_quiet = false, .devices = std::move(devices)}, look.authors));
    }
    std::erase_if(back, [&look](const std::string& device) {
        return look.arrived.contains(device);  // it has its own already
    });
    return back;
}

/// A device that has just come has what its driver gives it, and one that was down may have lost
/// some: what was applied is written again.
void Keeper::bring_back(const std::set<std::string>& devices, Return how) {
    const auto now = Clock::now();
    RepairRequest request{.may_disturb = how == Return::came,
                          .left = drifts_.left_to_others(host_, how == Return::came)};
    for (const std::string& device : devices) {
        if (returns_.admits(device, how, now)) {
            request.devices.insert(device);
        } else {
            events_.log(
                fmt::format("{} comes and goes too often: it has its settings again once "
                            "it has been here for a while",
                            device));
        }
    }
    if (request.devices.empty()) {
        return;
    }
    const std::string why = fmt::format("{} {}", fmt::join(request.devices, ", "),
                                        how == Return::came ? "came back" : "went up");
    const Report done = service_.repair(request, why);
    has_written_ = true;
    report(done, why);
    tell(drifts_.repaired(done));
    if (done.exit == Exit::refused || done.exit == Exit::lock_or_timeout) {
        owed_.merge(request.devices);
        return;
    }
    if (done.exit == Exit::differs) {
        for (const std::string& device : request.devices) {
            returns_.failed(device, how, now);
        }
    }
    if (how == Return::came) {
        // What has come with it under other numbers, its interrupts above all.
        apply_again({.drops = true, .bounces = true}, why);
    }
}

void Keeper::report(const Report& report, std::string_view why) const {
    for (const Error& problem : report.problems) {
        events_.log(fmt::format("{}: {}", why, problem.message));
    }
}

std::set<std::string> Keeper::see(const Gaze& gaze, const Authors& authors) {
    Observation seen = service_.observe(gaze);
    if (seen.is_blind) {
        return {};
    }
    tell(drifts_.take(seen, authors, host_, time_text(seconds_since_epoch())));
    return follow(gaze, std::move(seen));
}

std::set<std::string> Keeper::follow(const Gaze& gaze, Observation&& seen) {
    std::set<std::string> came;
    if (here_) {
        std::ranges::set_difference(seen.devices, *here_, std::inserter(came, came.end()));
    }
    here_ = seen.devices;
    Followed now{.files = gaze.devices.empty() ? std::move(seen.files) : followed_.files,
                 .devices = std::move(seen.devices),
                 .has_away = !seen.gone.empty(),
                 .awaited = awaited_};
    if (!gaze.devices.empty()) {
        now.files.merge(seen.files);
    }
    now.devices.insert(seen.gone.begin(), seen.gone.end());
    if (now != followed_) {
        followed_ = now;
        events_.follows(std::move(now));
    }
    return came;
}

void Keeper::repair() {
    const auto is_kept = [this](const HeldPlace& place) {
        const auto process = process_of(place.target);
        return process && std::ranges::any_of(awaited_.kept, [&](const ProcessMatch& match) {
                   return fits(match, *process);
               });
    };
    std::vector<DriftEvent> given_up;
    RepairRequest request{.places = drifts_.to_repair(host_, Clock::now(), given_up, is_kept)};
    tell(given_up);
    if (request.places.empty()) {
        return;
    }
    const Report done = service_.repair(request, "somebody else changed it");
    has_written_ = true;
    tell(drifts_.repaired(done));
    report(done, "not repaired");
}

void Keeper::tell(const std::vector<DriftEvent>& events) const {
    for (const DriftEvent& event : events) {
        events_.log(log_text_of(event));
        events_.drifted(event);
    }
}

}  // namespace nanotune::daemon
