#include "engine/turns.hpp"

#include <algorithm>
#include <set>

#include "engine/resets.hpp"

namespace nanotune {
namespace {

bool is_bond(const Candidate& candidate) {
    return candidate.identity.kind == "bond" || candidate.identity.kind == "team";
}

/// A device stacked on others takes a larger MTU after them and a smaller one before them. Only a
/// bond takes either after its members: it would give it to all of them at once.
int stack_order(const Change& change) {
    const auto* wanted = std::get_if<std::int64_t>(&change.desired.value);
    const auto* before = change.before ? std::get_if<std::int64_t>(&*change.before) : nullptr;
    if (!change.desired.setting.tunable->along_stack || wanted == nullptr || before == nullptr) {
        return 0;
    }
    const Candidate& candidate = change.desired.candidate;
    return *wanted > *before || is_bond(candidate) ? candidate.depth : -candidate.depth;
}

/// Turns of groups that are alike in their order.
class Block {
  public:
    Block(const std::vector<Change>& changes, const std::set<std::string>& careful)
        : changes_(changes), careful_(careful), turns_(1) {}

    void add(TargetGroup group) {
        const Candidate& candidate = changes_[group.positions.front()].desired.candidate;
        if (!careful_.contains(candidate.device)) {
            turns_.front().groups.push_back(std::move(group));
            return;
        }
        const auto place = turn_of(candidate);
        turns_[place].members.emplace(candidate.device, candidate);
        turns_[place].groups.push_back(std::move(group));
    }

    void move_to(std::vector<Turn>& turns) {
        std::ranges::copy_if(turns_, std::back_inserter(turns),
                             [](const Turn& turn) { return !turn.groups.empty(); });
    }

  private:
    std::size_t turn_of(const Candidate& member) {
        const auto [place, is_new] = places_.try_emplace(member.device, 0);
        if (is_new) {
            place->second = ++taken_[std::string(member.fact("bond"))];
            turns_.resize(std::max(turns_.size(), place->second + 1));
        }
        return place->second;
    }

    const std::vector<Change>& changes_;
    const std::set<std::string>& careful_;
    std::vector<Turn> turns_;
    std::map<std::string, std::size_t> places_;  ///< by member
    std::map<std::string, std::size_t> taken_;   ///< turns, by bond
};

}  // namespace

bool may_take_link(const Change& change) {
    const Tunable& tunable = *change.desired.setting.tunable;
    const Candidate& candidate = change.desired.candidate;
    // Some drivers begin anew for an offload: of a member of a bond nobody relies on the others.
    const bool is_of_member =
        !candidate.fact("bond").empty() && candidate.target == Target::nic(candidate.device);
    return !candidate.device.empty() &&
           (is_of_member || resets_anything(tunable, candidate) ||
            tunable.impact == Impact::drops_packets || tunable.impact == Impact::bounces_link);
}

std::vector<Turn> turns_of(const std::vector<Change>& changes) {
    TargetGroups by_target;
    std::set<std::string> careful;  // members of bonds whose link may go
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const Desired& desired = changes[i].desired;
        by_target.add(desired.setting.bank, desired.candidate->target, i, stack_order(changes[i]));
        if (!desired.candidate->fact("bond").empty() && may_take_link(changes[i])) {
            careful.insert(desired.candidate->device);
        }
    }
    std::vector<TargetGroup> groups = by_target.take();
    std::ranges::stable_sort(groups, {}, &TargetGroup::order);
    std::vector<Turn> turns;
    for (std::size_t at = 0; at < groups.size();) {
        const int order = groups[at].order;
        Block block(changes, careful);
        for (; at < groups.size() && groups[at].order == order; ++at) {
            block.add(std::move(groups[at]));
        }
        block.move_to(turns);
    }
    return turns;
}

}  // namespace nanotune
