#include "engine/certify.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "engine/consent.hpp"

namespace nanotune {

namespace {

/// A driver that refuses so many will not take the next one.
constexpr std::size_t most_values = 4;
/// More switches than that are no switches of one thing.
constexpr std::size_t most_companions = 2;

std::string_view noun_of(std::string_view kind) {
    constexpr std::pair<std::string_view, std::string_view> nouns[] = {
        {"cpu", "CPUs"},        {"irq", "interrupts"},
        {"node", "nodes"},      {"policy", "frequency policies"},
        {"rx_queue", "queues"}, {"tx_queue", "queues"},
    };
    const auto* const found =
        std::ranges::find(nouns, kind, &std::pair<std::string_view, std::string_view>::first);
    return found == std::end(nouns) ? "targets" : found->second;
}

std::string place_of(const TrialSubject& subject, const std::string& nic) {
    const auto& targets = subject.targets;
    if (targets.empty()) {
        return nic.empty() ? "host" : nic;
    }
    const Target& first = targets.front().candidate.target;
    return targets.size() == 1 ? first.text()
                               : fmt::format("{} {}", targets.size(), noun_of(first.kind));
}

std::vector<Value> held_by(const TrialSubject& subject) {
    std::vector<Value> held;
    std::ranges::transform(subject.targets, std::back_inserter(held), &TrialTarget::held);
    return held;
}

/// Whether one of the words is not among what is allowed.
bool lacks(const Consent& consent, const Tunable& tunable, const Candidate& candidate) {
    const std::string words = allow_words(tunable, candidate);
    return !words.empty() && (!consent.allows(tunable.impact) ||
                              (words.ends_with("management") && !consent.management));
}

/// "pause" of "pause.rx"
std::string_view group_of(const Tunable& tunable) {
    const std::string_view name = tunable.name;
    return name.substr(0, name.rfind('.'));
}

}  // namespace

Certification Certify::run() {
    result_.nic = request_.nic;
    const HostStatus status = parts_.engine.status();
    result_.state = status.state;
    if (!status.at_work.empty()) {
        stop(Exit::lock_or_timeout,
             {.code = ErrorCode::busy,
              .message = status.at_work + " is at work: settings are tried once that has ended"});
        return std::move(result_);
    }
    if (status.state != HostState::clean) {
        stop(Exit::refused,
             {.code = ErrorCode::conflict,
              .message = fmt::format("this host is {}: settings are tried only where nothing is "
                                     "applied; roll it back first",
                                     name_of(status.state))});
        return std::move(result_);
    }
    end_ = parts_.now().since_boot + request_.limit;
    if (Status may = parts_.may_write(); !may) {
        stop(Exit::refused, std::move(may).error());
        return std::move(result_);
    }
    auto grounds = parts_.engine.trial_grounds(request_.nic);
    if (!grounds) {
        const bool is_late = grounds.error().code == ErrorCode::timed_out;
        stop(is_late ? Exit::lock_or_timeout : Exit::refused, std::move(grounds).error());
        return std::move(result_);
    }
    result_.kernel = grounds->kernel;
    result_.driver = grounds->nic.fact("driver");
    result_.management = grounds->nic.fact("management");
    try_all(*grounds);
    try_together(*grounds);
    conclude();
    return std::move(result_);
}

void Certify::begin(const TrialGrounds& grounds) {
    for (const TrialSubject& subject : grounds.subjects) {
        Trial trial{.setting = subject.setting.full_name(),
                    .on = place_of(subject, request_.nic),
                    .before = {},
                    .tried = {},
                    .got = {},
                    .impact = subject.setting.tunable->impact};
        if (subject.targets.empty()) {
            trial.verdict = Verdict::unsupported;
            trial.message = subject.absence;
        }
        result_.trials.push_back(std::move(trial));
    }
}

void Certify::try_all(const TrialGrounds& grounds) {
    begin(grounds);
    for (std::size_t i = 0; i < grounds.subjects.size(); ++i) {
        const TrialSubject& subject = grounds.subjects[i];
        Trial& trial = result_.trials[i];
        if (subject.targets.empty()) {
            continue;
        }
        const TrialTarget& first = subject.targets.front();
        if (std::ranges::all_of(subject.targets, &TrialTarget::is_fixed)) {
            trial.verdict = Verdict::unsupported;
            trial.message = "fixed by the driver";
        } else if (lacks(request_.consent, *subject.setting.tunable, first.candidate)) {
            trial.allow = allow_words(*subject.setting.tunable, first.candidate);
            trial.message = "needs --allow " + trial.allow;
        } else if (!may_go_on()) {
            trial.message = not_reached;
        } else {
            if (request_.progress) {
                request_.progress(
                    {.doing = trial.setting, .done = i, .total = grounds.subjects.size()});
            }
            try_values(subject, grounds.ground, trial);
        }
    }
}

void Certify::try_values(const TrialSubject& subject, const TrialGround& ground, Trial& trial) {
    const std::vector<Value> held = held_by(subject);
    std::vector<Value> values = trial_values(subject.setting.tunable->domain, held, ground);
    if (values.empty()) {
        trial.message = "no other value to try";
        return;
    }
    values.resize(std::min(values.size(), most_values));
    for (const Value& value : values) {
        attempt({.subject = &subject, .value = value}, {}, trial);
        if (trial.verdict != Verdict::refused && trial.verdict != Verdict::unsupported) {
            break;
        }
        if (!may_go_on()) {
            return;
        }
    }
    if (trial.verdict == Verdict::certified) {
        certified_.push_back({.subject = &subject,
                              .value = *parsed(subject.setting.tunable->domain,
                                               {.content = trial.tried, .origin = {}})});
    }
}

/// Where a switch of the same message rules (pause.autoneg, coalesce.adaptive_rx) a driver refuses
/// a value alone.
void Certify::try_together(const TrialGrounds& grounds) {
    for (std::size_t i = 0; i < grounds.subjects.size() && may_go_on(); ++i) {
        const TrialSubject& subject = grounds.subjects[i];
        Trial& trial = result_.trials[i];
        const std::vector<Wish> with = companions(grounds, subject);
        if (trial.verdict != Verdict::refused || with.empty()) {
            continue;
        }
        const auto values =
            trial_values(subject.setting.tunable->domain, held_by(subject), grounds.ground);
        Trial again = trial;
        attempt({.subject = &subject, .value = values.front()}, with, again);
        if (again.verdict == Verdict::refused || again.verdict == Verdict::unsupported) {
            continue;
        }
        for (const Wish& one : with) {
            const Tunable& tunable = *one.subject->setting.tunable;
            again.with += fmt::format("{}{} = {}", again.with.empty() ? "" : ", ", tunable.name,
                                      printed(tunable.domain, one.value));
        }
        trial = std::move(again);
    }
}

std::vector<Certify::Wish> Certify::companions(const TrialGrounds& grounds,
                                               const TrialSubject& subject) const {
    const SettingRef& own = subject.setting;
    std::vector<Wish> switches;
    for (const Wish& wish : certified_) {
        const SettingRef& other = wish.subject->setting;
        if (other.bank == own.bank && other != own &&
            group_of(*other.tunable) == group_of(*own.tunable) &&
            other.tunable->domain.kind == Domain::Kind::flag) {
            switches.push_back(wish);
        }
    }
    const bool is_of_few = switches.size() <= most_companions && !grounds.subjects.empty();
    return is_of_few ? switches : std::vector<Wish>();
}

bool Certify::may_go_on() {
    if (is_stopped_) {
        return false;
    }
    if (parts_.cancelled != nullptr && *parts_.cancelled) {
        stop(Exit::rolled_back,
             {.code = ErrorCode::timed_out,
              .message = "interrupted: what was being tried is taken back, and the rest is not "
                         "tried"});
    } else if (parts_.now().since_boot > end_) {
        stop(Exit::lock_or_timeout,
             {.code = ErrorCode::timed_out,
              .message = "the time for all trials was up (--limit); the rest is not tried"});
    } else if (Status may = parts_.may_write(); !may) {
        stop(Exit::refused, std::move(may).error().within("the rest is not tried"));
    }
    return !is_stopped_;
}

void Certify::stop(Exit exit, Error problem) {
    is_stopped_ = true;
    result_.exit = worse(result_.exit, exit);
    result_.problems.push_back(std::move(problem));
}

void Certify::conclude() {
    for (const Trial& trial : result_.trials) {
        switch (trial.verdict) {
            case Verdict::not_restored:
                result_.exit = worse(result_.exit, Exit::not_restored);
                break;
            case Verdict::refused:
            case Verdict::contradicted:
                result_.exit = worse(result_.exit, Exit::differs);
                break;
            case Verdict::not_tried:
                result_.exit = worse(result_.exit,
                                     trial.allow.empty() ? Exit::as_wanted : Exit::consent_missing);
                break;
            case Verdict::certified:
            case Verdict::clamped:
            case Verdict::pending:
            case Verdict::kept:
            case Verdict::unsupported:
                break;
        }
    }
    result_.state = parts_.engine.status().state;
}

}  // namespace nanotune
