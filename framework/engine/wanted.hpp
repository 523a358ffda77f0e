// What a profile wants of this host, each setting of each target once.
#pragma once

#include <functional>
#include <set>
#include <vector>

#include "engine/spot.hpp"

namespace nanotune {

/// A copy is a value; one may be used by one thread at a time, even where it is const.
class Wanted {
  public:
    void add(const Desired& desired);
    [[nodiscard]] bool contains(const SpotView& spot) const { return spots_.contains(spot); }
    [[nodiscard]] bool contains(const Desired& desired) const { return contains(spot_in(desired)); }
    /// The same by what is on record.
    [[nodiscard]] bool contains(const Key& key) const { return keys().contains(key); }
    /// As they are recorded. Their names are put together for who asks: few have to do with records
    /// of what was applied before.
    [[nodiscard]] const KeySet& keys() const;

  private:
    std::set<Spot, std::less<>> spots_;
    mutable std::vector<Spot> unnamed_;
    mutable KeySet keys_;
};

}  // namespace nanotune
