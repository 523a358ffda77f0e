// Only what would be written is asked about, with all that a bank would write to a target in one
// question.
#include "engine/limits.hpp"

#include "engine/target_groups.hpp"

namespace nanotune {
namespace {

/// What would be written, by where.
TargetGroups groups_of(const std::vector<Desired>& desired,
                       const std::vector<Result<Reading>>& readings) {
    TargetGroups groups;
    for (std::size_t i = 0; i < desired.size(); ++i) {
        const Desired& one = desired[i];
        if (readings[i] && readings[i]->value != one.value && !one.setting.tunable->check_only &&
            !one.coming) {
            groups.add(one.setting.bank, one.candidate.target, i);
        }
    }
    return groups;
}

struct Question {
    TargetGroup group;
    std::vector<Assignment> assignments;
};

std::vector<Question> questions_of(TargetGroups groups, const std::vector<Desired>& desired) {
    std::vector<Question> questions;
    for (TargetGroup& group : groups.take()) {
        Question question{.group = std::move(group), .assignments = {}};
        for (const std::size_t position : question.group.positions) {
            question.assignments.push_back(
                {desired[position].setting.tunable, desired[position].value});
        }
        questions.push_back(std::move(question));
    }
    return questions;
}

}  // namespace

Status hold_to_limits(Survey& survey, const std::vector<Desired>& desired,
                      std::vector<Result<Reading>>& readings) {
    const auto questions = questions_of(groups_of(desired, readings), desired);
    if (questions.empty()) {
        return {};
    }
    NT_TRY(auto answers, survey.calls().ask("asking for limits", [questions](System& system) {
        std::vector<std::vector<Status>> answers;
        answers.reserve(questions.size());
        for (const auto& [group, assignments] : questions) {
            answers.push_back(group.bank->may_hold(system, group.target, assignments));
        }
        return answers;
    }));
    for (std::size_t at = 0; at < questions.size(); ++at) {
        const std::vector<std::size_t>& positions = questions[at].group.positions;
        for (std::size_t i = 0; i < positions.size(); ++i) {
            if (Status& answer = answers[at][i]; !answer) {
                readings[positions[i]] = std::unexpected(std::move(answer).error());
            }
        }
    }
    return {};
}

}  // namespace nanotune
