#include "engine/carriers.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/resets.hpp"

namespace nanotune {
namespace {

constexpr std::chrono::milliseconds glance{50};

bool may_take_link(const Change& change) {
    const Tunable& tunable = *change.desired.setting.tunable;
    return !change.desired.candidate.device.empty() &&
           (resets_anything(tunable, change.desired.candidate) ||
            tunable.impact == Impact::drops_packets || tunable.impact == Impact::bounces_link);
}

}  // namespace

void Carriers::expect(const std::vector<Change>& changes) {
    for (const Change& change : changes) {
        const std::string& device = change.desired.candidate.device;
        if (!may_take_link(change)) {
            continue;
        }
        if (seen_.insert(device).second && has_carrier(device)) {
            expected_.insert(device);
        }
        if (expected_.contains(device) && !lost_.contains(device)) {
            changed_.insert(device);
        }
    }
}

/// A device that cannot be asked is not waited for.
bool Carriers::has_carrier(const std::string& device) {
    const auto link =
        survey_.calls().ask("looking for the carrier of " + device,
                            [device](System& system) { return system.links().link(device); });
    return link && *link && (*link)->has_carrier;
}

bool Carriers::is_over(CallClock::Time end) const {
    return survey_.calls().clock().now() >= end ||
           (how_.cancelled != nullptr && how_.cancelled->load());
}

void Carriers::wait() {
    const std::set<std::string> changed = std::exchange(changed_, {});
    std::vector<std::string> away(changed.begin(), changed.end());
    std::erase_if(away, [this](const std::string& device) { return has_carrier(device); });
    if (away.empty()) {
        return;
    }
    was_away_ = true;
    if (how_.doing) {
        how_.doing(fmt::format("waiting for the carrier of {}", fmt::join(away, ", ")));
    }
    CallClock& clock = survey_.calls().clock();
    const auto end =
        clock.now() + std::min<CallClock::Duration>(how_.patience, survey_.calls().time_left() / 2);
    while (!away.empty() && !is_over(end)) {
        clock.sleep(glance);
        std::erase_if(away, [this](const std::string& device) { return has_carrier(device); });
    }
    lost_.insert(away.begin(), away.end());
}

std::vector<std::string> Carriers::missing() {
    std::vector<std::string> notes;
    for (const std::string& device : lost_) {
        if (!has_carrier(device)) {
            notes.push_back(
                fmt::format("{} had a carrier before it was changed, and has none since", device));
        }
    }
    return notes;
}

Carriers Carriers::for_undoing(CarrierWait how) const {
    Carriers again(survey_, std::move(how));
    again.seen_ = seen_;
    again.expected_ = expected_;
    return again;
}

}  // namespace nanotune
