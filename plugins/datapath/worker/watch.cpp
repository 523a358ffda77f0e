#include "watch.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

#include <fmt/core.h>
#include <unistd.h>

#include "backends.hpp"
#include "probes.hpp"
#include "worker/moment.hpp"
#include "worker/rights.hpp"

namespace nanotune::datapath {

namespace {

constexpr long between_looks = 100'000'000;  // ns
/// No strategy is at work on 64 packets for so long. Of one that is, it is told first.
constexpr std::chrono::seconds hangs_after{2};
constexpr std::chrono::seconds ended_after{10};
constexpr unsigned looks_between_lines = 10;
constexpr unsigned looks_of_a_trace = 10;

std::uint64_t time_of_day() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec);
}

/// Who reads what this process says looks at its state then. An empty line is nobody's last words.
void wake_keeper() {
    [[maybe_unused]] const ssize_t written = ::write(STDOUT_FILENO, "\n", 1);
}

}  // namespace

Watch::Watch(const Runners& runners, Shared& shared, std::string name)
    : runners_(runners),
      shared_(shared),
      name_(std::move(name)),
      log_(worker::SystemLog::open("nanotune-worker")),
      is_kept_(worker::keeper() != 0),
      resets_(shared.control.asked().resets) {
    for (std::size_t number = 0; number < runners.size(); ++number) {
        hardware_.emplace_back(shared.parts[number].thread, shared.parts[number].hardware);
        standstills_.emplace_back(shared.parts[number].thread);
    }
    ::tzset();  // opens a file, which whoever tells a moment first would do else
}

Status Watch::follow(const Group& group) {
    NT_TRY(membership_, MembershipFacts::open(group));
    shared_.membership.is_asked.set(1);
    look_at_membership();
    return shared_.membership.is_joined.now() != 0
               ? Status()
               : failure(ErrorCode::refused, name_ +
                                                 ": the kernel does not have the membership "
                                                 "that it was asked for");
}

void Watch::look_at_membership() {
    if (membership_) {
        shared_.membership.is_joined.set(membership_->is_joined() ? 1 : 0);
        shared_.membership.filter.set(static_cast<std::uint64_t>(membership_->filter()));
    }
}

void Watch::follow(DevicePresence presence, bool past_the_kernel) {
    presence_ = std::move(presence);
    is_past_kernel_ = past_the_kernel;
    if (!past_the_kernel) {
        presence_->forget_own_address();
    }
}

Status Watch::run(const std::atomic<bool>& stop) {
    while (!stop.load(std::memory_order_relaxed)) {
        look();
        if (Status all = stands(); !all && !stop.load()) {
            log_.warn(name_ + ": " + all.error().message);
            return all;
        }
        const timespec pause{.tv_sec = 0, .tv_nsec = between_looks};
        ::nanosleep(&pause, nullptr);  // a signal ends it
    }
    return {};
}

/// A device that goes away takes its program along: of both that is told.
Status Watch::stands() const {
    Status attached;
    for (const auto& runner : runners_) {
        if (Status found = runner->stands(); !found) {
            attached = std::move(found);
        }
    }
    if (Status there = presence_ ? presence_->stands(is_past_kernel_) : Status(); !there) {
        return there;
    }
    const std::size_t away = longest_away();
    return attached && standstills_[away].lasts() >= ended_after
               ? failure(ErrorCode::timed_out,
                         fmt::format("worker {} did not come back from its strategy for {} s", away,
                                     ended_after.count()))
               : attached;
}

void Watch::look() {
    const std::uint32_t resets = shared_.control.asked().resets;
    const bool is_anew = std::exchange(resets_, resets) != resets;
    for (std::size_t number = 0; number < runners_.size(); ++number) {
        look_at_usage(number, is_anew);
        hardware_[number].read();
        runners_[number]->look_after();
    }
    look_at_membership();
    look_for_watchers();
    look_for_standstill();
    look_for_errors();
    tell_errors();
}

/// The worker that has been with its strategy for the longest time.
std::size_t Watch::longest_away() const {
    return static_cast<std::size_t>(std::ranges::max_element(standstills_, {}, &Standstill::lasts) -
                                    standstills_.begin());
}

void Watch::look_for_standstill() {
    const auto now = std::chrono::steady_clock::now();
    const auto since = std::min<std::chrono::nanoseconds>(now - std::exchange(looked_, now),
                                                          std::chrono::nanoseconds(between_looks));
    for (std::size_t number = 0; number < runners_.size(); ++number) {
        standstills_[number].look(runners_[number]->strategy_calls(), since);
    }
    const std::size_t number = longest_away();
    const std::chrono::nanoseconds lasts = standstills_[number].lasts();
    const bool hangs = lasts >= hangs_after;
    if (hangs == how_.has_value()) {
        return;
    }
    if (hangs) {
        how_ = shared_.head.how.data();
        const std::string words = fmt::format(
            "worker {} has not come back from its strategy since {}", number,
            worker::moment_text(time_of_day() - static_cast<std::uint64_t>(lasts.count())));
        log_.warn(fmt::format("{}: {}; it is ended after {} s", name_, words, ended_after.count()));
        // The backend stays in front: others go by it.
        note(shared_,
             fmt::format("{}: {}; {}", how_->substr(0, how_->find_first_of(":;, ")), words, *how_));
    } else {
        log_.warn(name_ + ": its strategy has come back");
        note(shared_, *how_);
        how_.reset();
    }
    shared_.head.set_state(hangs ? worker::State::hangs : worker::State::ready);
    if (is_kept_) {
        wake_keeper();
    }
}

/// Who goes away without a word counts up no more: a second later nobody looks.
void Watch::look_for_watchers() {
    if (const std::uint64_t now = shared_.trace.looks.now(); std::exchange(looks_, now) != now) {
        trace_for_ = looks_of_a_trace;
    }
    trace_for_ -= trace_for_ == 0 ? 0 : 1;
    shared_.trace.is_on.set(trace_for_ != 0 || has_probes_watched() ? 1 : 0);
}

void Watch::look_at_usage(std::size_t number, bool is_anew) {
    const Usage now = runners_[number]->usage();
    SharedUsage& usage = shared_.parts[number].usage;
    usage.is_bytes.set(now.is_bytes ? 1 : 0);
    usage.waiting.set(now.waiting);
    usage.most_waiting.set(is_anew ? now.waiting : std::max(usage.most_waiting.now(), now.waiting));
    usage.room.set(now.room);
    usage.leaving.set(now.leaving);
    usage.slots.set(now.slots);
    usage.dropped.set(now.dropped);
}

void Watch::look_for_errors() {
    for (std::size_t at = 0; at < nt_outcomes; ++at) {
        std::uint64_t now = 0;
        for (std::size_t number = 0; number < runners_.size(); ++number) {
            now += shared_.parts[number].counters.outcomes[at].now();
        }
        // Fewer than before: somebody had them begin anew.
        const std::uint64_t more = now >= seen_[at] ? now - seen_[at] : now;
        seen_[at] = now;
        if (more != 0 && nt_is_error(static_cast<nt_outcome>(at)) != 0) {
            untold_[at] += more;
            shared_.last_error.outcome.set(at);
            shared_.last_error.time.set(time_of_day());
        }
    }
}

/// At once, and then at most a line a second, whatever comes.
void Watch::tell_errors() {
    until_told_ -= until_told_ == 0 ? 0 : 1;
    if (until_told_ != 0 || std::ranges::all_of(untold_, [](auto count) { return count == 0; })) {
        return;
    }
    std::string line = name_ + ":";
    for (std::size_t at = 0; at < nt_outcomes; ++at) {
        if (untold_[at] != 0) {
            line += fmt::format("{} {} x {}", line.ends_with(':') ? "" : ",", untold_[at],
                                name_of(static_cast<nt_outcome>(at)));
        }
    }
    log_.warn(line);
    untold_ = {};
    until_told_ = looks_between_lines;
}

}  // namespace nanotune::datapath
