// Only targets of which something would be written are asked about, with all that is wanted of a
// bank there in one question.
#include "engine/limits.hpp"

#include <algorithm>
#include <functional>

#include "engine/target_groups.hpp"

namespace nanotune {
namespace {

struct Question {
    TargetGroup group;
    std::vector<Assignment> assignments;
    std::vector<bool> is_held;  ///< has the value already: only what is written can be in its way
};

/// What is wanted of each target of which something would be written.
std::vector<Question> questions_of(const std::vector<const Desired*>& desired,
                                   const std::vector<Result<Reading>>& readings) {
    TargetGroups groups;
    for (std::size_t i = 0; i < desired.size(); ++i) {
        const Desired& one = *desired[i];
        if (readings[i] && !one.setting.tunable->check_only && !one.coming) {
            groups.add(one.setting.bank, one.candidate->target, i);
        }
    }
    std::vector<Question> questions;
    for (TargetGroup& group : groups.take()) {
        Question question{.group = std::move(group), .assignments = {}, .is_held = {}};
        question.assignments.reserve(question.group.positions.size());
        for (const std::size_t position : question.group.positions) {
            const Desired& one = *desired[position];
            question.assignments.push_back({one.setting.tunable, one.value});
            question.is_held.push_back(readings[position]->value == one.value);
        }
        if (!std::ranges::all_of(question.is_held, std::identity())) {
            questions.push_back(std::move(question));
        }
    }
    return questions;
}

}  // namespace

Status hold_to_limits(Survey& survey, const std::vector<const Desired*>& desired,
                      std::vector<Result<Reading>>& readings,
                      const std::shared_ptr<SteadyAnswers>& known) {
    const auto questions = questions_of(desired, readings);
    if (questions.empty()) {
        return {};
    }
    NT_TRY(
        auto answers, survey.calls().ask("asking for limits", [&questions, known](System& system) {
            SteadySystem steady(system, *known, SteadySystem::For::limits);
            std::vector<std::vector<Status>> answers;
            answers.reserve(questions.size());
            for (const Question& question : questions) {
                const TargetGroup& group = question.group;
                answers.push_back(group.bank->may_hold(steady, group.target, question.assignments));
            }
            return answers;
        }));
    for (std::size_t at = 0; at < questions.size(); ++at) {
        const std::vector<std::size_t>& positions = questions[at].group.positions;
        for (std::size_t i = 0; i < positions.size(); ++i) {
            Status& answer = answers[at][i];
            const bool counts =
                answer || !questions[at].is_held[i] || answer.error().code == ErrorCode::conflict;
            if (!answer && counts) {
                readings[positions[i]] = std::unexpected(std::move(answer).error());
            }
        }
    }
    return {};
}

}  // namespace nanotune
