#include "engine/wanted.hpp"

namespace nanotune {

void Wanted::add(const Desired& desired) {
    if (spots_.contains(spot_in(desired))) {
        return;
    }
    unnamed_.push_back(*spots_.insert(spot_of(desired)).first);
}

const KeySet& Wanted::keys() const {
    for (const Spot& spot : unnamed_) {
        keys_.insert({spot.setting.full_name(), spot.candidate->target, spot.device});
    }
    unnamed_.clear();
    return keys_;
}

}  // namespace nanotune
