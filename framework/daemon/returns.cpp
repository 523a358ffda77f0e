#include "daemon/returns.hpp"

#include <algorithm>

namespace nanotune::daemon {

namespace {

constexpr std::size_t most_returns = 5;  // of a device, in the time for that
constexpr std::chrono::minutes returns_count_for{10};
constexpr std::chrono::seconds pause_after_failure{30};

}  // namespace

bool Returns::admits(const std::string& device, Return how, Clock::time_point now) {
    std::erase_if(times_, [now](const auto& each) {
        return each.second.empty() || now - each.second.back() > returns_count_for;
    });
    auto& times = times_[device];
    std::erase_if(times, [now](Clock::time_point t) { return now - t > returns_count_for; });
    if (times.size() >= most_returns) {
        postpone(device, how, times.front() + returns_count_for + std::chrono::seconds(1));
        return false;
    }
    times.push_back(now);
    late_.erase(device);
    return true;
}

void Returns::failed(const std::string& device, Return how, Clock::time_point now) {
    postpone(device, how, now + pause_after_failure);
}

/// One that came has lost all that it had, whatever else happened to it.
void Returns::postpone(const std::string& device, Return how, Clock::time_point at) {
    const auto [known, is_new] = late_.try_emplace(device, Late{.at = at, .how = how});
    if (!is_new) {
        known->second.at = std::max(known->second.at, at);
        known->second.how = std::min(known->second.how, how);
    }
}

std::set<std::string> Returns::take_due(Return how, Clock::time_point now) {
    std::set<std::string> due;
    for (const auto& [device, late] : late_) {
        if (late.how == how && late.at <= now) {
            due.insert(device);
        }
    }
    std::erase_if(late_, [&due](const auto& each) { return due.contains(each.first); });
    return due;
}

std::optional<Returns::Clock::time_point> Returns::next() const {
    std::optional<Clock::time_point> next;
    for (const auto& [device, late] : late_) {
        next = std::min(next.value_or(late.at), late.at);
    }
    return next;
}

}  // namespace nanotune::daemon
