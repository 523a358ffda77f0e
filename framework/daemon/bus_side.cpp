#include "daemon/bus_side.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <systemd/sd-daemon.h>

#include "daemon/patience.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::chrono::seconds connect_pause{1};
constexpr std::chrono::seconds longest_name_pause{30};
constexpr std::chrono::seconds time_to_answer{1};  // the bus does in much less, or hangs
constexpr std::string_view each_second = "trying again each second";

/// Where systemd shows how a service is.
void tell_systemd(std::string_view status) {
    static_cast<void>(::sd_notify(0, fmt::format("STATUS={}", status).c_str()));
}

}  // namespace

BusSide::BusSide(Front::Parts parts)
    : parts_(std::move(parts)),
      has_opened_(std::make_shared<Descriptor>(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))) {}

void BusSide::open() {
    opening_.emplace(
        [done = has_opened_] { static_cast<void>(::eventfd_write(done->number(), 1)); });
    answer_by_ = Clock::now() + time_to_answer;
}

/// What was opened, or why it was not.
void BusSide::take_connection() {
    bus::Opening opened = *std::move(opening_);
    opening_.reset();
    auto front = Front::open(parts_, snapshot_, std::move(opened));
    if (!front) {
        give_up(front.error());
        return;
    }
    front_ = *std::move(front);
    front_->manager().show(last_report_);
    front_->objects().show(plugins_);
    front_->objects().show(snapshot_.devices);
    front_->objects().show(datapaths_);
}

/// Said once for each reason.
void BusSide::complain(const Error& why, std::string_view next) {
    if (std::exchange(complaint_, why.message) == why.message) {
        return;
    }
    parts_.log(fmt::format("{}; what is to be taken back in time is; {}", why.message, next));
    tell_systemd(fmt::format("nobody reaches it: {}; {}", why.message, next));
}

/// Whoever may not own the name now may later: a policy comes, or another owner goes.
void BusSide::give_up(const Error& why) {
    const bool was_refused =
        !is_reached() && front_ && (why.code == ErrorCode::denied || why.code == ErrorCode::busy);
    front_.reset();
    answer_by_.reset();
    if (was_refused) {
        name_pause_ = std::clamp(name_pause_ * 2, connect_pause, longest_name_pause);
        complain(why, fmt::format("trying again, each {} s at last", longest_name_pause.count()));
        connect_at_ = Clock::now() + name_pause_;
    } else {
        complain(why, each_second);
        connect_at_ = Clock::now() + connect_pause;
    }
}

void BusSide::look_for_answer() {
    if (!answer_by_) {
        return;
    }
    if (is_reached()) {
        answer_by_.reset();
        name_pause_ = {};
        if (!std::exchange(complaint_, {}).empty()) {
            parts_.log("connected to the system bus");
        }
        tell_systemd("");
    } else if (Clock::now() >= *answer_by_) {
        answer_by_ = Clock::time_point::max();
        complain(
            {.code = ErrorCode::timed_out,
             .message = fmt::format("{}: it has not answered yet", front_ ? own_name : connecting)},
            "waiting for it");
    }
}

Front::Wait BusSide::wait() const {
    Front::Wait wait;
    if (front_) {
        // What is lost is found out by its next use.
        wait = front_->wait().value_or(Front::Wait{.descriptor = -1, .events = 0, .timeout = 0});
    } else if (opening_) {
        wait = {.descriptor = has_opened_->number(), .events = POLLIN, .timeout = -1};
    } else {
        wait = {
            .descriptor = -1, .events = 0, .timeout = patience_until(connect_at_, Clock::now())};
    }
    wait.timeout = sooner(wait.timeout, patience_until(answer_by_, Clock::now()));
    return wait;
}

void BusSide::process() {
    using namespace std::chrono_literals;
    if (front_) {
        if (const nanotune::Status processed = front_->process(); !processed) {
            give_up(processed.error());
        }
    } else if (opening_) {
        eventfd_t count = 0;  // who opens may write after it is seen to be done
        static_cast<void>(::eventfd_read(has_opened_->number(), &count));
        if (opening_->is_done(0ms)) {
            take_connection();
        }
    } else if (Clock::now() >= connect_at_) {
        open();
    }
    look_for_answer();
}

void BusSide::show(const Snapshot& snapshot) {
    snapshot_ = snapshot;
    if (front_) {
        front_->manager().show(snapshot_);
        front_->objects().show(snapshot_.devices);
    }
}

void BusSide::show(const LastReport& report) {
    last_report_ = report;
    if (front_) {
        front_->manager().show(last_report_);
    }
}

void BusSide::show(const std::vector<PluginInfo>& plugins) {
    plugins_ = plugins;
    if (front_) {
        front_->objects().show(plugins_);
    }
}

void BusSide::show(const std::vector<Datapath>& datapaths) {
    datapaths_ = datapaths;
    if (front_) {
        front_->objects().show(datapaths_);
    }
}

void BusSide::tell(const DriftEvent& event) {
    if (front_) {
        front_->manager().tell(event);
    }
}

JobObject* BusSide::job(std::uint64_t number) {
    return front_ ? front_->jobs().find(number) : nullptr;
}

DatapathObject* BusSide::datapath(const std::string& name) {
    return front_ ? front_->objects().datapath(name) : nullptr;
}

}  // namespace nanotune::daemon
