#include "daemon/watch.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "daemon/process_match.hpp"
#include "model/glob.hpp"
#include "system/storage/file_facts.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::chrono::milliseconds gather_for{40};  // what comes together is looked at together
constexpr std::chrono::milliseconds least_pause{100};
constexpr std::chrono::milliseconds least_pause_of_starts{20};
constexpr std::size_t most_strangers = 4096;
constexpr std::size_t most = 256;  // of each: whoever has more looks at everything

}  // namespace

void Look::add(Look other) {
    is_whole = is_whole || other.is_whole;
    devices.merge(other.devices);
    returned.merge(other.returned);
    up_again.merge(other.up_again);
    arrived.merge(other.arrived);
    started.merge(other.started);
    may_have_missed = may_have_missed || other.may_have_missed;
    authors.merge(other.authors);
    if (authors.size() > most) {
        authors.clear();
    }
    if (started.size() > most || devices.size() > most) {
        is_whole = may_have_missed = true;
        started.clear();
    }
}

std::string author_of(long process) {
    const auto name = file_head(fmt::format("/proc/{}/comm", process), 64);
    const auto facts = file_facts(fmt::format("/proc/{}", process));
    return name && facts ? fmt::format("{} (process {}, user {})",
                                       name->substr(0, name->find('\n')), process, facts->owner)
                         : fmt::format("process {}", process);
}

Result<Watch> Watch::open() {
    NT_TRY(Notices notices, Notices::open());
    return Watch(std::move(notices));
}

void Watch::follow(const Followed& followed) {
    followed_ = followed;
    notices_.watch_files(followed.files);
    notices_.watch_processes(!followed.awaited.processes.empty());
    std::erase_if(presence_,
                  [&](const auto& each) { return !followed.devices.contains(each.first); });
}

/// A device that comes, or comes up, has lost what its driver does not keep.
void Watch::take_link(const Notice& notice) {
    if (!followed_.devices.contains(notice.device)) {
        take_stranger(notice);
        return;
    }
    strangers_.erase(notice.device);
    const Presence now = notice.is_gone ? Presence::gone
                         : notice.is_up ? Presence::up
                                        : Presence::down;
    const auto [known, is_first] = presence_.try_emplace(notice.device, now);
    const Presence before = std::exchange(known->second, now);
    Look look{.devices = {notice.device}};
    if (!is_first && now > before) {
        (before == Presence::gone ? look.returned : look.up_again).insert(notice.device);
    }
    gathered_->add(std::move(look));
}

/// Of nothing that is held, under that name: each once.
void Watch::take_stranger(const Notice& notice) {
    if (notice.is_gone) {
        strangers_.erase(notice.device);
        return;
    }
    if (strangers_.size() >= most_strangers || !strangers_.insert(notice.device).second) {
        return;
    }
    const auto takes = [&notice](const std::string& glob) {
        return glob_matches(glob, notice.device);
    };
    Look look{.is_whole = followed_.has_away};
    if (std::ranges::any_of(followed_.awaited.devices, takes)) {
        look.arrived.insert(notice.device);
    }
    gathered_->add(std::move(look));
}

void Watch::take(const Notice& notice) {
    switch (notice.kind) {
        case Notice::Kind::link:
            take_link(notice);
            return;
        case Notice::Kind::ethtool:
            if (followed_.devices.contains(notice.device)) {
                gathered_->add({.devices = {notice.device}});
            }
            return;
        case Notice::Kind::file:
            gathered_->add(
                {.is_whole = true, .authors = {{notice.file, author_of(notice.process)}}});
            return;
        case Notice::Kind::started:
            if (std::ranges::any_of(followed_.awaited.processes, [&](const ProcessMatch& match) {
                    return fits(match, notice.process);
                })) {
                gathered_->add({.started = {notice.process}});
            }
            return;
        case Notice::Kind::lost:
            gathered_->add(
                {.is_whole = true, .devices = followed_.devices, .may_have_missed = true});
            return;
    }
}

void Watch::process(Clock::time_point now) {
    const bool was_empty = !gathered_;
    if (was_empty) {
        gathered_.emplace();
    }
    for (const Notice& notice : notices_.take()) {
        take(notice);
    }
    if (!gathered_->returned.empty() || !gathered_->up_again.empty()) {
        notices_.watch_files(followed_.files);  // those of a device that came again are others
    }
    const bool has_any = gathered_->is_whole || !gathered_->devices.empty() ||
                         !gathered_->started.empty() || !gathered_->arrived.empty();
    if (!has_any) {
        gathered_.reset();
    } else if (was_empty || !gathered_->started.empty()) {
        // A program that has just started runs already.
        when_ = gathered_->started.empty() ? std::max(now + gather_for, last_ + least_pause)
                                           : std::max(now, last_ + least_pause_of_starts);
    }
}

std::optional<Look> Watch::due(Clock::time_point now) {
    if (!gathered_ || now < when_) {
        return std::nullopt;
    }
    last_ = now;
    return std::exchange(gathered_, std::nullopt);
}

std::optional<std::chrono::milliseconds> Watch::patience(Clock::time_point now) const {
    if (!gathered_) {
        return std::nullopt;
    }
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(when_ - now),
                    std::chrono::milliseconds(0));
}

}  // namespace nanotune::daemon
