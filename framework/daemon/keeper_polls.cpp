// When a keeper looks at what nobody tells of, and who does that for it.
#include <algorithm>
#include <utility>

#include "daemon/keeper.hpp"

namespace nanotune::daemon {

bool Keeper::is_calm() const {
    return !is_anew_ && !has_come_ && complaint_.empty() && drifts_.is_empty() && owed_.empty() &&
           !returns_.next() && !starts_.owes() && !arrivals_.owes();
}

bool Keeper::begin_vigil(std::function<void(Clock::time_point)> until, std::function<void()> over) {
    is_vigil_ = next_poll_ && is_calm() &&
                service_.begin_vigil({.first = *next_poll_,
                                      .pause = host_.poll,
                                      .until = std::move(until),
                                      .over = std::move(over)});
    return is_vigil_;
}

void Keeper::end_vigil() {
    if (!std::exchange(is_vigil_, false)) {
        return;
    }
    const auto next = service_.end_vigil();
    if (!next) {
        events_.log(next.error().message);
    }
    next_poll_ = next.value_or(Clock::now());
}

std::optional<std::chrono::milliseconds> Keeper::patience() const {
    if (is_anew_) {
        return std::chrono::milliseconds(0);
    }
    auto next = is_vigil_ ? std::nullopt : next_poll_;
    for (const auto& other : {returns_.next(), starts_.due(), arrivals_.due()}) {
        next = other ? std::min(next.value_or(*other), *other) : next;
    }
    if (!next) {
        return std::nullopt;
    }
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(*next - Clock::now()),
                    std::chrono::milliseconds(0));
}

}  // namespace nanotune::daemon
