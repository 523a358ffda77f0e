// What is read or written together: the settings of one bank on one target, one call to the kernel
// each.
#pragma once

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
        const auto [place, is_new] = places_.try_emplace({bank, target, order}, groups_.size());
        if (is_new) {
            groups_.push_back({.bank = bank, .target = target, .order = order, .positions = {}});
        }
        groups_[place->second].positions.push_back(position);
    }

    [[nodiscard]] const std::vector<TargetGroup>& list() const { return groups_; }
    [[nodiscard]] std::vector<TargetGroup> take() { return std::move(groups_); }

  private:
    std::vector<TargetGroup> groups_;
    std::map<std::tuple<const Bank*, Target, int>, std::size_t> places_;
};

}  // namespace nanotune
