#include "daemon/bus_side.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace nanotune::daemon {

namespace {

constexpr std::chrono::seconds connect_pause{1};
// The bus answers in much less, or hangs: then it is looked for from time to time whether it does.
constexpr std::chrono::milliseconds time_to_answer{
    1'000};  // at the start, when nothing else is due
constexpr std::chrono::milliseconds glance{50};
constexpr std::chrono::milliseconds between_glances{200};

}  // namespace

nanotune::Status BusSide::open() {
    nanotune::Status connected = connect(time_to_answer);
    if (!connected) {
        complain(connected.error());
    }
    return connected;
}

nanotune::Status BusSide::connect(std::chrono::milliseconds patience) {
    if (!opening_) {
        opening_.emplace();
    }
    if (!opening_->is_done(patience)) {
        connect_at_ = Clock::now() + between_glances;
        return failure(ErrorCode::timed_out, "connect to the system bus: it has not answered yet");
    }
    connect_at_ = Clock::now() + connect_pause;
    bus::Opening opened = *std::move(opening_);
    opening_.reset();
    NT_TRY(front_, Front::open(parts_, snapshot_, std::move(opened)));
    complaint_.clear();
    front_->manager().show(last_report_);
    front_->objects().show(plugins_);
    front_->objects().show(snapshot_.devices);
    front_->objects().show(datapaths_);
    return {};
}

void BusSide::complain(const Error& why) {
    if (std::exchange(complaint_, why.message) != why.message) {
        parts_.log(fmt::format("{}; what is to be taken back in time is; trying again each second",
                               why.message));
    }
}

int BusSide::time_to_connect() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(connect_at_ - Clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

Front::Wait BusSide::wait() const {
    if (!front_) {
        return {.descriptor = -1, .events = 0, .timeout = time_to_connect()};
    }
    // What is lost is found out by its next use.
    return front_->wait().value_or(Front::Wait{.descriptor = -1, .events = 0, .timeout = 0});
}

void BusSide::process() {
    using namespace std::chrono_literals;
    if (front_) {
        if (const nanotune::Status processed = front_->process(); !processed) {
            complain(processed.error());
            front_.reset();
            connect_at_ = Clock::now() + connect_pause;
        }
    } else if (time_to_connect() == 0) {
        if (const nanotune::Status connected = connect(opening_ ? 0ms : glance)) {
            parts_.log("connected to the system bus");
        } else {
            complain(connected.error());
        }
    }
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
