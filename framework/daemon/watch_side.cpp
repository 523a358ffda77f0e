#include "daemon/watch_side.hpp"

#include <utility>

#include <fmt/core.h>

namespace nanotune::daemon {

void WatchSide::open() {
    auto watch = Watch::open(parts_.removed);
    if (watch) {
        watch_ = std::make_unique<Watch>(*std::move(watch));
        say_what_nobody_tells();
    } else {
        parts_.log(
            fmt::format("what changes is found by looking alone: {}", watch.error().message));
    }
}

void WatchSide::follow(const Followed& followed) {
    if (watch_) {
        watch_->follow(followed);
        say_what_nobody_tells();
    }
}

int WatchSide::process() {
    if (!watch_) {
        return -1;
    }
    const auto now = Watch::Clock::now();
    watch_->process(now);
    if (auto look = watch_->due(now)) {
        parts_.look(*std::move(look));
    }
    return watch_->patience(now);
}

void WatchSide::say_what_nobody_tells() {
    for (const std::string& lacking : watch_->take_lacking()) {
        parts_.log(fmt::format("what changes there is found by looking alone: {}", lacking));
    }
}

}  // namespace nanotune::daemon
