#include "daemon/watch.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "daemon/patience.hpp"
#include "daemon/process_match.hpp"
#include "model/glob.hpp"
#include "system/storage/file_facts.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::chrono::milliseconds gather_time{40};  // what comes together is looked at together
constexpr std::chrono::milliseconds least_time_between{100};
constexpr std::chrono::milliseconds least_pause_of_starts{20};
// Each is asked about in /proc: who starts very many has the rest of them told together.
constexpr std::size_t many_starts = 32;
constexpr std::chrono::milliseconds rest_from_asking{20};
constexpr std::size_t most_of_each = 256;  // of each: whoever has more looks at everything

}  // namespace

void Look::add(Look other) {
    is_whole = is_whole || other.is_whole;
    devices.merge(other.devices);
    returned.merge(other.returned);
    up_again.merge(other.up_again);
    arrived.merge(other.arrived);
    started.merge(other.started);
    missed_starts = missed_starts || other.missed_starts;
    missed_arrivals = missed_arrivals || other.missed_arrivals;
    other.authors.merge(authors);  // what is there now the last one has written
    authors = std::move(other.authors);
    if (authors.size() > most_of_each) {
        authors.clear();
    }
    if (started.size() > most_of_each) {
        is_whole = missed_starts = true;
        started.clear();
    }
    if (devices.size() > most_of_each) {
        is_whole = missed_arrivals = true;
    }
}

std::string author_of(long process) {
    if (process <= 0) {
        return "unknown";  // it is in no namespace that is seen from here
    }
    const auto name = file_head(fmt::format("/proc/{}/comm", process), 64);
    const auto facts = file_facts(fmt::format("/proc/{}", process));
    return name && facts ? fmt::format("{} (process {}, user {})",
                                       name->substr(0, name->find('\n')), process, facts->owner)
                         : fmt::format("process {}", process);
}

Result<Watch> Watch::open(RemovedDevices& removed) {
    NT_TRY(Notices notices, Notices::open());
    return Watch(std::move(notices), removed);
}

void Watch::follow(const Followed& followed) {
    const bool awaits_others = followed.awaited.devices != followed_.awaited.devices;
    followed_ = followed;
    notices_.watch_files(followed.files);
    notices_.watch_processes(!followed.awaited.processes.empty());
    std::erase_if(presence_,
                  [&](const auto& each) { return !followed.devices.contains(each.first); });
    if (!awaits_others) {
        return;
    }
    // Some came while what awaits them was being applied.
    for (const auto& [number, device] : strangers_.names()) {
        if (!followed.devices.contains(device)) {
            take_arrival(device);
        }
    }
}

/// A device that comes, or comes up, has lost what its driver does not keep.
void Watch::take_link(const Notice& notice) {
    if (!followed_.devices.contains(notice.device)) {
        take_stranger(notice);
        return;
    }
    strangers_.forget(notice.number);
    const Presence now = notice.is_gone ? Presence::gone
                         : notice.is_up ? Presence::up
                                        : Presence::down;
    const auto [known, is_first] = presence_.try_emplace(notice.device, now);
    const Presence before = std::exchange(known->second, now);
    Look look{.devices = {notice.device}};
    if (!is_first && now > before) {
        (before == Presence::gone ? look.returned : look.up_again).insert(notice.device);
    }
    gathered_.add(std::move(look));
}

/// Of nothing that is held, under that name: each once.
void Watch::take_stranger(const Notice& notice) {
    if (notice.is_gone) {
        strangers_.forget(notice.number);
        return;
    }
    if (!strangers_.is_new(notice.number, notice.device)) {
        return;
    }
    gathered_.add({.is_whole = followed_.has_away});
    take_arrival(notice.device);
}

void Watch::take_arrival(const std::string& device) {
    if (std::ranges::any_of(followed_.awaited.devices, [&device](const std::string& glob) {
            return glob_matches(glob, device);
        })) {
        gathered_.add({.arrived = {device}});
    }
}

void Watch::take(const Notice& notice) {
    removed_->take(notice);
    switch (notice.kind) {
        case Notice::Kind::link:
            take_link(notice);
            return;
        case Notice::Kind::ethtool:
            if (followed_.devices.contains(notice.device)) {
                gathered_.add({.devices = {notice.device}});
            }
            return;
        case Notice::Kind::file:
            gathered_.add(
                {.is_whole = true, .authors = {{notice.file, author_of(notice.process)}}});
            return;
        case Notice::Kind::started:
            if (std::ranges::any_of(followed_.awaited.processes, [&](const ProcessMatch& match) {
                    return fits(match, notice.process);
                })) {
                gathered_.add({.started = {notice.process}});
            }
            return;
        case Notice::Kind::lost:
            take_loss(notice.source);
            return;
    }
}

/// What was lost is looked for where it could have been, and nowhere else: everybody can make
/// programs start, or rename threads, faster than anybody is told of.
void Watch::take_loss(Notice::Source source) {
    switch (source) {
        case Notice::Source::links:
            strangers_.forget_all();
            gathered_.add(
                {.is_whole = true, .devices = followed_.devices, .missed_arrivals = true});
            return;
        case Notice::Source::ethtool:
            gathered_.add({.devices = followed_.devices});
            return;
        case Notice::Source::files:
            gathered_.add({.is_whole = true});
            return;
        case Notice::Source::processes:
            losses_.lost(last_taken_);
            return;
    }
}

void Watch::process(Clock::time_point now) {
    if (now < rests_until_) {
        return;
    }
    const bool was_empty = gathered_.is_empty();
    last_taken_ = now;
    std::size_t starts = 0;
    std::set<long> started;
    for (const Notice& notice : notices_.take()) {
        // Who renames himself all the time is asked about once.
        if (notice.kind != Notice::Kind::started || started.insert(notice.process).second) {
            take(notice);
        }
        starts += notice.kind == Notice::Kind::started ? 1 : 0;
    }
    if (starts >= many_starts) {
        rests_until_ = now + rest_from_asking;
    }
    if (!gathered_.returned.empty() || !gathered_.up_again.empty()) {
        notices_.watch_files(followed_.files);  // those of a device that came again are others
    }
    if (!gathered_.is_empty() && (was_empty || !gathered_.started.empty())) {
        // A program that has just started runs already.
        when_ = gathered_.started.empty() ? std::max(now + gather_time, last_ + least_time_between)
                                          : std::max(now, last_ + least_pause_of_starts);
    }
}

std::optional<Look> Watch::due(Clock::time_point now) {
    std::optional<Look> look;
    if (!gathered_.is_empty() && now >= when_) {
        last_ = now;
        look = std::exchange(gathered_, {});
    }
    if (losses_.take_due(now)) {
        look = std::move(look).value_or(Look());
        look->add({.is_whole = true, .missed_starts = true});
    }
    return look;
}

std::optional<Watch::Clock::time_point> Watch::next(Clock::time_point now) const {
    std::optional<Clock::time_point> next;
    const auto consider = [&next](Clock::time_point at) { next = std::min(next.value_or(at), at); };
    if (!gathered_.is_empty()) {
        consider(when_);
    }
    if (const auto at = losses_.look_at()) {
        consider(*at);
    }
    if (now < rests_until_) {
        consider(rests_until_);
    }
    return next;
}

int Watch::patience(Clock::time_point now) const {
    return patience_until(next(now), now);
}

}  // namespace nanotune::daemon
