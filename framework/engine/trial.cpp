// One trial: what is asked before, in between and after, and what it comes to.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "engine/certify.hpp"
#include "engine/readable.hpp"
#include "model/testimony.hpp"

namespace nanotune {

namespace {

constexpr std::string_view trial_name = "certify";
/// Longer than any trial takes: then whoever comes next takes it back.
constexpr std::chrono::seconds unconfirmed{900};

/// Distinct values, as an author spells them.
std::string list_of(const Domain& domain, const std::vector<Value>& values) {
    constexpr std::size_t shown = 3;
    std::vector<std::string> texts;
    for (const Value& value : values) {
        std::string text = readable(domain, value);
        if (std::ranges::find(texts, text) == texts.end()) {
            texts.push_back(std::move(text));
        }
    }
    const bool is_long = texts.size() > shown;
    texts.resize(std::min(texts.size(), shown));
    return fmt::format("{}{}", fmt::join(texts, ", "), is_long ? ", ..." : "");
}

/// Without the place that it would have in a profile.
std::string words_of(const TrialSubject& subject, std::string message) {
    std::vector<std::string> prefixes = {fmt::format("{}: ", trial_name)};
    for (const TrialTarget& target : subject.targets) {
        prefixes.push_back(text_of(subject.setting, target.candidate.target) + ": ");
    }
    for (const std::string& prefix : prefixes) {
        if (message.starts_with(prefix)) {
            message.erase(0, prefix.size());
        }
    }
    return message;
}

const Row* row_of(const Report& report, const TrialSubject& subject, const TrialTarget& target) {
    const auto found = std::ranges::find_if(report.rows, [&](const Row& row) {
        return row.setting == subject.setting.full_name() && row.target == target.candidate.target;
    });
    return found == report.rows.end() ? nullptr : &*found;
}

/// What a row prints as a value again.
std::optional<Value> value_in(const Domain& domain, const std::string& text) {
    const std::string bare = text == "\"\"" ? std::string() : text;
    if (auto value = parsed(domain, {.content = bare, .origin = {}})) {
        return *std::move(value);
    }
    auto value = from_kernel(domain, bare);
    return value ? std::optional(*std::move(value)) : std::nullopt;
}

}  // namespace

ResolvedProfile Certify::profile_of(const Wish& wish, const std::vector<Wish>& with) const {
    ResolvedProfile profile;
    profile.name = trial_name;
    profile.hash = trial_name;
    const auto add = [&](const Wish& one) {
        const SettingRef& setting = one.subject->setting;
        ResolvedSection section;
        section.plugin = setting.plugin;
        if (setting.plugin->selector == Selector::device && !request_.nic.empty()) {
            section.selector.kind = SectionSelector::Kind::name;
            section.selector.text = request_.nic;
        } else if (setting.tunable->topology == TopologyEffect::online) {
            section.selector.kind = SectionSelector::Kind::ids;
            section.selector.ids = one.subject->targets.front().candidate.ids;
        }
        ResolvedSetting wanted;
        wanted.key = setting.tunable->name;
        wanted.settings = {setting};
        wanted.value = one.value;
        wanted.origin = {.file = std::string(trial_name)};
        section.settings.push_back(std::move(wanted));
        profile.sections.push_back(std::move(section));
    };
    std::ranges::for_each(with, add);
    add(wish);
    return profile;
}

void Certify::attempt(const Wish& wish, const std::vector<Wish>& with, Trial& trial) {
    const TrialSubject& subject = *wish.subject;
    const Domain& domain = subject.setting.tunable->domain;
    std::vector<Value> held;
    std::ranges::transform(subject.targets, std::back_inserter(held), &TrialTarget::held);
    trial.before = list_of(domain, held);
    trial.tried = readable(domain, wish.value);
    trial.got.clear();
    trial.message.clear();
    const auto& inquiry = subject.targets.front().inquiry;
    trial.witness = inquiry ? command_line_of(*inquiry) : "";
    const Said before = witnesses_.ask(subject);
    trial.said_before = before.front().value_or("");
    std::uint64_t transaction = 0;
    ApplyRequest request{.consent = request_.consent,
                         .confirm_within = unconfirmed,
                         .timeout = request_.timeout,
                         .expected_plan = {}};
    request.begins = [&transaction](std::uint64_t id) {
        transaction = id;
        return Status();
    };
    const Report applied = parts_.engine.apply(profile_of(wish, with), request);
    if (transaction == 0) {
        explain_refusal(subject, applied, trial);
        return;
    }
    judge(wish, applied, trial);
    const auto silent = std::ranges::find(before, false, &Result<std::string>::has_value);
    if (silent != before.end() && is_success(trial.verdict)) {
        trial.verdict = Verdict::kept;
        trial.message = silent->error().message;
    }
    if (applied.state == HostState::awaiting_confirmation) {
        take_back(subject, transaction, before, trial);
    } else if (applied.exit == Exit::not_restored) {
        trial.verdict = Verdict::not_restored;
        stop(Exit::not_restored, {.code = ErrorCode::refused, .message = trial.message});
    }
}

/// Nothing was written.
void Certify::explain_refusal(const TrialSubject& subject, const Report& applied, Trial& trial) {
    if (!may_go_on()) {  // somebody froze the host since
        trial.verdict = Verdict::not_tried;
        trial.message = not_reached;
        return;
    }
    trial.verdict = Verdict::unsupported;
    trial.message = !applied.problems.empty() ? words_of(subject, applied.problems.front().message)
                    : !applied.rows.empty()   ? applied.rows.front().message
                                              : "";
    if (applied.exit == Exit::consent_missing) {
        trial.verdict = Verdict::not_tried;
        trial.allow = name_of(trial.impact);
    } else if (applied.exit == Exit::lock_or_timeout) {
        trial.verdict = Verdict::not_tried;
        stop(Exit::lock_or_timeout, applied.problems.empty() ? Error{.code = ErrorCode::timed_out,
                                                                     .message = trial.message}
                                                             : applied.problems.front());
    } else if (!applied.problems.empty() && applied.problems.front().code == ErrorCode::denied) {
        trial.verdict = Verdict::refused;  // such as a mount that is read-only
    }
}

std::vector<Value> Certify::got_of(const Wish& wish, const Report& applied, Trial& trial) {
    const TrialSubject& subject = *wish.subject;
    const Domain& domain = subject.setting.tunable->domain;
    std::vector<Value> got;
    for (const TrialTarget& target : subject.targets) {
        const Row* row = row_of(applied, subject, target);
        const auto value = row == nullptr ? std::nullopt : value_in(domain, row->got);
        got.push_back(value.value_or(wish.value));
        if (row == nullptr) {
            continue;
        }
        if (row->outcome == Outcome::unsupported) {
            trial.verdict = Verdict::unsupported;
        } else if (!is_success(row->outcome)) {
            trial.verdict = Verdict::refused;
        } else if (trial.verdict == Verdict::certified && row->outcome == Outcome::adjusted) {
            trial.verdict = Verdict::clamped;
        } else if (trial.verdict == Verdict::certified && row->outcome == Outcome::pending) {
            trial.verdict = Verdict::pending;
        }
        if (trial.message.empty() && row->outcome != Outcome::unchanged) {
            trial.message = words_of(subject, row->message);
        }
    }
    return got;
}

void Certify::judge(const Wish& wish, const Report& applied, Trial& trial) {
    const TrialSubject& subject = *wish.subject;
    trial.verdict = Verdict::certified;
    const std::vector<Value> got = got_of(wish, applied, trial);
    const bool has_moved = !std::ranges::equal(got, subject.targets, {}, {}, &TrialTarget::held);
    if (applied.state != HostState::awaiting_confirmation || !has_moved) {
        trial.verdict =
            trial.verdict == Verdict::unsupported ? Verdict::unsupported : Verdict::refused;
        if (trial.message.empty() && !applied.problems.empty()) {
            trial.message = words_of(subject, applied.problems.front().message);
        }
        return;
    }
    trial.got = list_of(subject.setting.tunable->domain, got);
    if (is_success(trial.verdict)) {
        hear(wish, got, trial);
    }
}

void Certify::hear(const Wish& wish, const std::vector<Value>& got, Trial& trial) {
    const TrialSubject& subject = *wish.subject;
    const Domain& domain = subject.setting.tunable->domain;
    const auto disagrees = [&](const Said& said, std::size_t i) {
        const auto& inquiry = subject.targets[i].inquiry;
        return inquiry && said[i] && !agrees(*inquiry, domain, *said[i], got[i]);
    };
    const Said said = witnesses_.ask_until(subject, [&](const Said& now) {
        for (std::size_t i = 0; i < now.size(); ++i) {
            if (disagrees(now, i)) {
                return false;
            }
        }
        return true;
    });
    trial.said = said.front().value_or("");
    for (std::size_t i = 0; i < said.size(); ++i) {
        if (disagrees(said, i)) {
            trial.verdict = Verdict::contradicted;
            trial.message = fmt::format(
                "{} says {} of {}, not {}", subject.targets[i].inquiry->command.front(), *said[i],
                subject.targets[i].candidate.target.text(), readable(domain, got[i]));
            return;
        }
        if (!said[i]) {
            trial.verdict = Verdict::kept;
            trial.message = said[i].error().message;
        }
    }
}

void Certify::take_back(const TrialSubject& subject, std::uint64_t transaction, const Said& before,
                        Trial& trial) {
    const Report undone = parts_.engine.rollback(
        {.only = transaction, .consent = request_.consent, .timeout = request_.timeout});
    const Said after = witnesses_.ask_until(subject, [&before](const Said& now) {
        return std::ranges::equal(now, before, says_the_same);
    });
    trial.said_after = after.front().value_or("");
    if (undone.exit != Exit::as_wanted || undone.state != HostState::clean) {
        tell_what_is_left(undone, trial);
    } else {
        hear_after(subject, before, after, trial);
    }
}

void Certify::tell_what_is_left(const Report& undone, Trial& trial) {
    trial.verdict = Verdict::not_restored;
    trial.message = !undone.problems.empty() ? undone.problems.front().message
                                             : "not everything is as it was before";
    for (const Row& row : undone.rows) {
        if (!is_success(row.outcome)) {
            trial.message = fmt::format("{} on {}: {} {}", row.setting, row.target.text(),
                                        name_of(row.outcome), row.message);
        }
    }
    stop(Exit::not_restored,
         {.code = ErrorCode::refused,
          .message = fmt::format("{}: {}; nothing else is tried", trial.setting, trial.message)});
}

/// nanotune itself has seen the old value again: a witness who says nothing takes nothing from
/// that.
void Certify::hear_after(const TrialSubject& subject, const Said& before, const Said& after,
                         Trial& trial) {
    for (std::size_t i = 0; i < after.size(); ++i) {
        if (contradicts(after[i], before[i])) {
            trial.verdict = Verdict::not_restored;
            trial.message =
                fmt::format("rolled back, {} says {} of {}, and said {} before", trial.witness,
                            *after[i], subject.targets[i].candidate.target.text(), *before[i]);
            return;
        }
        if (!after[i] && before[i] && is_success(trial.verdict)) {
            trial.verdict = Verdict::kept;
            trial.message = after[i].error().message;
        }
    }
}

}  // namespace nanotune
