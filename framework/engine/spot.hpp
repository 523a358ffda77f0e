// A setting of a target by what all that one verb has of it shares, the catalogue's own: cheaper to
// tell apart than keys, whose names are for records.
#pragma once

#include <compare>

#include "engine/applied.hpp"
#include "model/plan.hpp"

namespace nanotune {

struct Spot {
    const Tunable* tunable = nullptr;
    Target target;
    unsigned device = 0;  ///< as Key's
    friend auto operator<=>(const Spot&, const Spot&) = default;
};

[[nodiscard]] inline Spot spot_of(const SettingRef& setting, const Candidate& candidate) {
    return {.tunable = setting.tunable,
            .target = candidate.target,
            .device = device_in_key(candidate.target, candidate.identity)};
}
[[nodiscard]] inline Spot spot_of(const Desired& desired) {
    return spot_of(desired.setting, desired.candidate);
}

}  // namespace nanotune
