// A setting of a target by what all that one verb has of it shares, the catalogue's own: cheaper to
// tell apart than keys, whose names are for records.
#pragma once

#include <compare>
#include <tuple>
#include <utility>

#include "engine/applied.hpp"
#include "model/plan.hpp"

namespace nanotune {

/// What a spot says, for who looks for one.
struct SpotView {
    const Tunable* tunable = nullptr;
    const Target& target;
    unsigned device = 0;  ///< as Key's
    friend std::strong_ordering operator<=>(const SpotView& one, const SpotView& other) {
        if (one.tunable != other.tunable) {  // as most of those that are compared
            return one.tunable <=> other.tunable;
        }
        return std::tie(one.target, one.device) <=> std::tie(other.target, other.device);
    }
};

struct Spot {
    SettingRef setting;
    Shared<Candidate> candidate;
    unsigned device = 0;  ///< as Key's

    [[nodiscard]] SpotView view() const { return {setting.tunable, candidate->target, device}; }
    friend auto operator<=>(const Spot& one, const Spot& other) {
        return one.view() <=> other.view();
    }
    friend auto operator<=>(const Spot& one, const SpotView& other) { return one.view() <=> other; }
};

[[nodiscard]] inline SpotView spot_in(const SettingRef& setting, const Candidate& candidate) {
    return {.tunable = setting.tunable,
            .target = candidate.target,
            .device = device_in_key(candidate.target, candidate.identity)};
}
[[nodiscard]] inline SpotView spot_in(const Desired& desired) {
    return spot_in(desired.setting, desired.candidate);
}
[[nodiscard]] inline Spot spot_of(const SettingRef& setting, Shared<Candidate> candidate) {
    const unsigned device = device_in_key(candidate->target, candidate->identity);
    return {.setting = setting, .candidate = std::move(candidate), .device = device};
}
[[nodiscard]] inline Spot spot_of(const Desired& desired) {
    return spot_of(desired.setting, desired.candidate);
}

}  // namespace nanotune
