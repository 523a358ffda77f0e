#include "daemon/keeper.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "service/host_config.hpp"
#include "service/time_text.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::size_t most_returns = 5;  // of a device, in the time for that
constexpr std::chrono::minutes returns_count_for{10};

/// Whether there is something to keep.
bool is_held(const HostStatus& status) {
    return status.state == HostState::tuned || status.state == HostState::degraded ||
           status.state == HostState::awaiting_confirmation;
}

std::string text_of(const DriftEvent& event) {
    return fmt::format("{} on {} has {}: {} -> {}, by {}", event.place.setting,
                       event.place.target.text(), name_of(event.what), event.from, event.to,
                       event.by);
}

}  // namespace

void Keeper::begin_anew(const HostStatus& status) {
    drifts_.forget();
    is_anew_ = is_held(status);
    next_poll_.reset();
    if (!is_anew_) {
        followed_ = {};
        events_.follows({});
    }
}

void Keeper::read_host_file() {
    const auto file = nanotune::read_host_file(host_file_);
    // One that is broken keeps everything from being changed, which who changes is told.
    host_ = file && *file ? **file : HostFile();
}

void Keeper::look(const Look& look, const HostStatus& status) {
    if (!is_held(status)) {
        is_anew_ = false;
        next_poll_.reset();
        return;
    }
    read_host_file();
    bring_back(look.returned);
    if (!look.started.empty()) {
        report(service_.apply_again({}, "a program has started"), "a program has started");
    }
    if (std::exchange(is_anew_, false)) {
        processes_ = service_.awaited_processes();
        see({.is_quiet = true}, look.authors);
    } else if (look.is_whole) {
        see({.is_quiet = true}, look.authors);
    }
    if (!look.devices.empty()) {
        see({.is_quiet = false, .devices = look.devices}, look.authors);
    }
    repair();
    next_poll_ = host_.poll.count() == 0 ? std::nullopt : std::optional(Clock::now() + host_.poll);
}

/// A device that has just come has what its driver gives it: what was applied is written again.
void Keeper::bring_back(const std::set<std::string>& devices) {
    const auto now = Clock::now();
    RepairRequest request{.may_disturb = true};
    for (const std::string& device : devices) {
        auto& times = brought_back_[device];
        std::erase_if(times, [now](Clock::time_point t) { return now - t > returns_count_for; });
        if (times.size() < most_returns) {
            times.push_back(now);
            request.devices.insert(device);
        } else {
            events_.log(fmt::format("{} comes and goes too often: its settings are left", device));
        }
    }
    if (request.devices.empty()) {
        return;
    }
    const std::string why = fmt::format("{} came back", fmt::join(request.devices, ", "));
    report(service_.repair(request, why), why);
    // What has come with it under other numbers, its interrupts above all.
    report(service_.apply_again({.drops = true, .bounces = true}, why), why);
}

void Keeper::report(const Report& report, std::string_view why) const {
    for (const Error& problem : report.problems) {
        events_.log(fmt::format("{}: {}", why, problem.message));
    }
}

void Keeper::see(const Gaze& gaze, const Authors& authors) {
    Observation seen = service_.observe(gaze);
    if (seen.is_blind) {
        return;
    }
    tell(drifts_.take(seen, authors, host_, time_text(seconds_since_epoch())));
    Followed now{.files = gaze.devices.empty() ? std::move(seen.files) : followed_.files,
                 .devices = std::move(seen.devices),
                 .processes = processes_};
    if (!gaze.devices.empty()) {
        now.files.merge(seen.files);
    }
    now.devices.insert(seen.gone.begin(), seen.gone.end());
    if (now != followed_) {
        followed_ = now;
        events_.follows(std::move(now));
    }
}

void Keeper::repair() {
    RepairRequest request{.places = drifts_.to_repair(host_, Clock::now())};
    if (request.places.empty()) {
        return;
    }
    const Report report = service_.repair(request, "somebody else changed it");
    tell(drifts_.repaired(report));
    for (const Error& problem : report.problems) {
        events_.log("not repaired: " + problem.message);
    }
}

void Keeper::tell(const std::vector<DriftEvent>& events) const {
    for (const DriftEvent& event : events) {
        events_.log(text_of(event));
        events_.drifted(event);
    }
}

std::optional<std::chrono::milliseconds> Keeper::patience() const {
    if (is_anew_) {
        return std::chrono::milliseconds(0);
    }
    if (!next_poll_) {
        return std::nullopt;
    }
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(*next_poll_ - Clock::now()),
                    std::chrono::milliseconds(0));
}

}  // namespace nanotune::daemon
