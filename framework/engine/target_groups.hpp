// What is read or written together: the settings of one bank on one target, one call to the kernel
// each.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include <nanotune/bank.hpp>

namespace nanotune {

/// Positions in a list of the caller's that belong to one bank and target.
struct TargetGroup {
    const Bank* bank = nullptr;
    Target target;
    int order = 0;
    std::vector<std::size_t> positions;
};

/// Groups in the order of their first mention.
class TargetGroups {
  public:
    /// Those of one bank and target that differ in `order` are groups of their own.
    void add(const Bank* bank, const Target& target, std::size_t position, int order = 0) {
        if (!is_of(latest_, bank, target, order)) {
            latest_ = place_of(bank, target, order);
        }
        groups_[latest_].positions.push_back(position);
    }

    [[nodiscard]] const std::vector<TargetGroup>& list() const { return groups_; }
    [[nodiscard]] std::vector<TargetGroup> take() { return std::move(groups_); }

  private:
    [[nodiscard]] bool is_of(std::size_t place, const Bank* bank, const Target& target,
                             int order) const {
        return place < groups_.size() && groups_[place].bank == bank &&
               groups_[place].order == order && groups_[place].target == target;
    }
    std::size_t place_of(const Bank* bank, const Target& target, int order) {
        for (std::size_t place = 0; place < std::min(groups_.size(), few); ++place) {
            if (is_of(place, bank, target, order)) {
                return place;
            }
        }
        const std::size_t end = groups_.size();
        const std::size_t place =
            end < few ? end : places_.try_emplace({bank, target, order}, end).first->second;
        if (place == end) {
            groups_.reserve(few);
            groups_.push_back({.bank = bank, .target = target, .order = order, .positions = {}});
            groups_.back().positions.reserve(few);
        }
        return place;
    }

    static constexpr std::size_t few = 8;

    std::vector<TargetGroup> groups_;
    std::map<std::tuple<const Bank*, Target, int>, std::size_t> places_;  ///< of all but a few
    std::size_t latest_ = 0;  ///< what belongs together mostly comes together
};

}  // namespace nanotune
