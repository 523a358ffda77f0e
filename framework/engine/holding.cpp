#include "engine/holding.hpp"

#include <fmt/format.h>

#include "engine/check.hpp"

namespace nanotune {

/// What does not stay once it was put right never will.
std::expected<std::vector<Change>, Holding::Unsettled> Holding::settle(Survey& survey,
                                                                       const WriteOptions& options,
                                                                       const Intend& intend) {
    std::vector<Change> checks;
    const auto settled = [&]() -> Status {
        NT_TRY(const std::vector<Held*> disturbed, this->disturbed(survey, checks));
        if (disturbed.empty()) {
            return {};
        }
        NT_CHECK(put_right(disturbed, survey, options, intend));
        saw_write();
        NT_TRY(const std::vector<Held*> still, this->disturbed(survey, checks));
        for (Held* held : still) {
            held->outcome = Outcome::refused;
            held->got = held->disturbed_to;
            held->message =
                "it does not stay as it was set: other settings of this profile change it";
        }
        return {};
    }();
    std::vector<Written> lost = take_lost();
    if (!settled || !lost.empty()) {
        return std::unexpected(
            Unsettled{.cause = lost.empty() ? settled.error() : reason_of(lost.front()),
                      .lost = std::move(lost)});
    }
    std::erase_if(held_, [](const Written& w) { return w.outcome == Outcome::differs; });
    return checks;
}

std::vector<Written> Holding::take_lost() {
    std::vector<Written> lost;
    std::erase_if(held_, [&lost](const Held& held) {
        const bool is_lost =
            is_fatal(held) && held.outcome != Outcome::differs && held.outcome != Outcome::not_done;
        if (is_lost) {
            lost.push_back(held);
        }
        return is_lost;
    });
    return lost;
}

/// What is no longer as it was when it was last read.
Result<std::vector<Held*>> Holding::disturbed(Survey& survey, std::vector<Change>& checks) {
    std::vector<Place> places;
    std::vector<Held*> read;
    places.reserve(held_.size());
    read.reserve(held_.size());
    for (Held& written : held_) {
        const bool is_fresh = written.writes_before == writes_;
        if (!is_fresh && written.got && written.outcome != Outcome::differs) {
            places.push_back(
                {written.change.desired.setting, written.change.desired.candidate->target});
            read.push_back(&written);
        }
    }
    NT_TRY(auto readings, survey.read(places));
    std::vector<Held*> disturbed;
    for (std::size_t i = 0; i < read.size(); ++i) {
        Held& written = *read[i];
        written.writes_before = writes_;
        if (!readings[i] && readings[i].error().code == ErrorCode::not_found &&
            written.change.desired.setting.plugin->selector == Selector::label) {
            written.outcome = Outcome::gone;
            written.message = readings[i].error().message;
            written.got.reset();
            continue;
        }
        if (!readings[i]) {
            return std::unexpected(Error(readings[i].error())
                                       .within(text_of(written.change.desired.setting,
                                                       written.change.desired.candidate->target)));
        }
        // What an operator switches off of a datapath, or stops, meanwhile stays so.
        const bool is_operators = written.change.desired.setting.bank->stage() == Stage::datapath;
        if (written.got == readings[i]->value) {
            continue;
        }
        if (is_operators) {
            written.message = "it was switched, or ended, meanwhile";
            continue;
        }
        if (is_written(written.change)) {
            written.disturbed_to = std::move(readings[i]->value);
            disturbed.push_back(&written);
        } else {
            checks.push_back(written.change);
            written.outcome = Outcome::differs;
        }
    }
    return disturbed;
}

Status Holding::put_right(const std::vector<Held*>& disturbed, Survey& survey,
                          const WriteOptions& options, const Intend& intend) {
    std::vector<Change> changes;
    changes.reserve(disturbed.size());
    for (const Held* written : disturbed) {
        changes.push_back(written->change);
    }
    NT_CHECK(intend(changes));
    for (std::size_t i = 0; i < changes.size(); ++i) {
        changes[i].before = disturbed[i]->disturbed_to;
        changes[i].was_rounded = false;
    }
    const std::vector<Written> written = Writer(survey, options).write(std::move(changes));
    for (std::size_t i = 0; i < written.size(); ++i) {
        disturbed[i]->got = written[i].got;
        disturbed[i]->outcome = written[i].outcome;
        disturbed[i]->message = written[i].message;
    }
    return {};
}

}  // namespace nanotune
