// Only what would be written is asked about, with all that a bank would write to a target in one
// question.
#include "engine/limits.hpp"

#include <fmt/format.h>

namespace nanotune {
namespace {

struct Group {
    const Bank* bank = nullptr;
    Target target;
    std::vector<Assignment> assignments;
    std::vector<std::size_t> positions;
};

std::vector<Group> groups_of(const std::vector<Desired>& desired,
                             const std::vector<Result<Reading>>& readings) {
    std::vector<Group> groups;
    std::map<std::pair<const Bank*, Target>, std::size_t> group_of;
    for (std::size_t i = 0; i < desired.size(); ++i) {
        const Desired& one = desired[i];
        if (!readings[i] || readings[i]->value == one.value || one.setting.tunable->check_only) {
            continue;
        }
        const auto [at, is_new] =
            group_of.try_emplace({one.setting.bank, one.candidate.target}, groups.size());
        if (is_new) {
            groups.push_back({one.setting.bank, one.candidate.target, {}, {}});
        }
        groups[at->second].assignments.push_back({one.setting.tunable, one.value});
        groups[at->second].positions.push_back(i);
    }
    return groups;
}

}  // namespace

Status hold_to_limits(Survey& survey, const std::vector<Desired>& desired,
                      std::vector<Result<Reading>>& readings) {
    auto groups = groups_of(desired, readings);
    if (groups.empty()) {
        return {};
    }
    NT_TRY(auto answers, survey.calls().ask("asking for limits", [groups](System& system) {
        std::vector<std::vector<Status>> answers;
        answers.reserve(groups.size());
        for (const Group& group : groups) {
            answers.push_back(group.bank->may_hold(system, group.target, group.assignments));
        }
        return answers;
    }));
    for (std::size_t group = 0; group < groups.size(); ++group) {
        for (std::size_t i = 0; i < groups[group].positions.size(); ++i) {
            if (Status& answer = answers[group][i]; !answer) {
                readings[groups[group].positions[i]] = std::unexpected(std::move(answer).error());
            }
        }
    }
    return {};
}

}  // namespace nanotune
