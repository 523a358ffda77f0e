#include "engine/plan_report.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

#include <fmt/format.h>

#include <nanotune/discover.hpp>

#include "engine/resets.hpp"
#include "engine/writer.hpp"

namespace nanotune {
namespace {

void append(Plan& whole, const Plan& part) {
    std::ranges::copy(part.changes, std::back_inserter(whole.changes));
    std::ranges::copy(part.unchanged, std::back_inserter(whole.unchanged));
    std::ranges::copy(part.unsupported, std::back_inserter(whole.unsupported));
    std::ranges::copy(part.overridden, std::back_inserter(whole.overridden));
    std::ranges::copy(part.waiting, std::back_inserter(whole.waiting));
    std::ranges::copy(part.warnings, std::back_inserter(whole.warnings));
}

void foresee(const Plan& plan, Foreseen& foreseen) {
    for (const Change& change : plan.changes) {
        const Desired& desired = change.desired;
        if (resets_anything(*desired.setting.tunable, desired.candidate) &&
            !desired.candidate.device.empty()) {
            foreseen.unsettled.insert(desired.candidate.device);
            foreseen.planned.push_back({desired.setting.full_name(), desired.candidate.target,
                                        desired.value, desired.origin});
        }
    }
}

bool is_forbidden(const Change& change, const std::vector<Impact>& forbidden) {
    const Impact impact = change.desired.setting.tunable->impact;
    return impact != Impact::none && impact != Impact::needs_reboot &&
           std::ranges::find(forbidden, impact) != forbidden.end();
}

std::string why_forbidden(const Change& change) {
    return fmt::format("the profile forbids what {}",
                       name_of(change.desired.setting.tunable->impact));
}

/// No consent helps: the profile itself must change.
bool is_barred(const Change& change, const std::vector<Impact>& forbidden) {
    return is_forbidden(change, forbidden) ||
           (!why_management(change).empty() && !change.desired.by_exact_name &&
            change.desired.candidate.fact(unlisted_fact).empty());
}

std::string why_not_allowed(const Change& change, const Consent& consent,
                            const std::vector<Impact>& forbidden) {
    const Impact impact = change.desired.setting.tunable->impact;
    if (impact == Impact::none || impact == Impact::needs_reboot) {
        return {};
    }
    if (is_forbidden(change, forbidden)) {
        return why_forbidden(change);
    }
    if (std::string why = why_management(change);
        !why.empty() && (!consent.management || !change.desired.by_exact_name)) {
        return why;
    }
    return consent.allows(impact) ? std::string()
                                  : fmt::format("needs --allow {}", name_of(impact));
}

void add_words(std::string& message, const std::string& words) {
    message += message.empty() || words.empty() ? words : "; " + words;
}

}  // namespace

Origin place_of(const Error& problem) {
    return Origin::from(std::string_view(problem.message).substr(0, problem.message.find(": ")));
}

void sort_by_place(Problems& problems) {
    std::vector<std::string> files;
    const auto place = [&files](const Error& problem) {
        const Origin origin = place_of(problem);
        const std::string file = origin.line == 0 ? std::string() : origin.file;
        auto known = std::ranges::find(files, file);
        if (known == files.end()) {
            known = files.insert(files.end(), file);
        }
        return std::tuple(known - files.begin(), origin.line, origin.column);
    };
    std::vector<std::pair<decltype(place({})), Error>> placed;
    for (Error& problem : problems) {
        auto at = place(problem);
        placed.emplace_back(at, std::move(problem));
    }
    std::ranges::stable_sort(placed, {}, [](const auto& one) { return one.first; });
    std::ranges::transform(placed, problems.begin(),
                           [](auto& one) { return std::move(one.second); });
}

std::string why_management(const Change& change) {
    const Impact impact = change.desired.setting.tunable->impact;
    if (impact == Impact::none || impact == Impact::needs_reboot) {
        return {};
    }
    if (!change.desired.candidate.fact(unlisted_fact).empty()) {
        return fmt::format(
            "whether {} carries the default route or this session could not be "
            "read: needs --allow management",
            change.desired.candidate.target.name);
    }
    const std::string_view management = change.desired.candidate.fact("management");
    if (management.empty()) {
        return {};
    }
    return fmt::format("{} carries the {}: {}", change.desired.candidate.device, management,
                       change.desired.by_exact_name ? "needs --allow management"
                                                    : "the profile must name it exactly");
}

bool is_written(const Change& change) {
    return !change.desired.setting.tunable->check_only;
}

Outcome failed_check(const Tunable& check) {
    return check.impact == Impact::needs_reboot ? Outcome::needs_reboot : Outcome::differs;
}

Checked<Plan> plan_of_stage(Stage stage, Desires& desires, std::set<Key>& wanted,
                            const Catalog& catalog, const Ledger& ledger, Survey& survey,
                            Rounded rounded, const Foreseen& foreseen) {
    StageDesires wishes = desires.of(stage, foreseen);
    for (const Desired& desired : wishes.desired) {
        wanted.insert(key_of(desired));
    }
    auto returns = returns_of(stage, wanted, catalog, ledger, survey);
    if (!returns) {
        wishes.problems.push_back(std::move(returns).error());
        return std::unexpected(std::move(wishes.problems));
    }
    return stage_plan(survey, ledger.active(), rounded, std::move(wishes), *std::move(returns));
}

Checked<WholePlan> whole_plan(const ResolvedProfile& profile, const Catalog& catalog,
                              const Ledger& ledger, Survey& survey, Rounded rounded) {
    WholePlan whole;
    Problems problems;
    Foreseen foreseen;
    Desires desires(profile, survey);
    for (const Stage stage : all_stages) {
        auto plan =
            plan_of_stage(stage, desires, whole.wanted, catalog, ledger, survey, rounded, foreseen);
        if (plan) {
            if (stage == Stage::topology || stage == Stage::queues) {
                foresee(*plan, foreseen);
            }
            whole.stages.at(static_cast<std::size_t>(stage)) = *std::move(plan);
            continue;
        }
        for (Error& problem : plan.error()) {
            if (std::ranges::find(problems, problem) == problems.end()) {
                problems.push_back(std::move(problem));
            }
        }
    }
    if (!problems.empty()) {
        sort_by_place(problems);
        return std::unexpected(std::move(problems));
    }
    return whole;
}

bool goes_by_queues(Stage stage, const ResolvedProfile& profile, const Plan& planned) {
    const auto is_lasting = [](const SettingRef& setting) {
        const Discovery found_by = setting.bank->discovery();
        return found_by == discover::host || found_by == discover::nics ||
               found_by == discover::nics_in_sysfs;
    };
    const auto asks_for_others = [&](const ResolvedSetting& setting) {
        const Rule* rule = setting.parameter.rule;
        return (rule != nullptr && rule->stage() == stage) ||
               std::ranges::any_of(setting.settings, [&](const SettingRef& ref) {
                   return ref.bank->stage() == stage && !is_lasting(ref);
               });
    };
    const auto is_of_others = [&](const Change& change) {
        return !is_lasting(change.desired.setting);
    };
    return !planned.waiting.empty() ||
           std::ranges::any_of(profile.sections,
                               [&](const ResolvedSection& section) {
                                   return std::ranges::any_of(section.settings, asks_for_others);
                               }) ||
           std::ranges::any_of(planned.changes, is_of_others) ||
           std::ranges::any_of(planned.unchanged, is_of_others) ||
           std::ranges::any_of(planned.overridden, is_of_others);
}

Plan WholePlan::joined(const ResolvedProfile& profile) const {
    Plan plan;
    plan.profile = profile.name;
    plan.profile_hash = profile.hash;
    plan.forbidden = profile.forbidden;
    for (const Plan& stage : stages) {
        append(plan, stage);
    }
    mark_unknown(plan);
    return plan;
}

bool WholePlan::is_empty() const {
    return std::ranges::all_of(
        stages, [](const Plan& stage) { return std::ranges::none_of(stage.changes, is_written); });
}

std::vector<Row> missing_consent(const std::vector<Change>& changes, const Consent& consent,
                                 const std::vector<Impact>& forbidden) {
    std::vector<Row> rows;
    for (const Change& change : changes) {
        const std::string why =
            is_written(change) ? why_not_allowed(change, consent, forbidden) : std::string();
        if (!why.empty()) {
            rows.push_back(row_of(change, Outcome::refused));
            rows.back().message = why;
            rows.back().is_barred = is_barred(change, forbidden);
        }
    }
    return rows;
}

Problems missing_permissions(const std::vector<Change>& changes, Survey& survey) {
    struct Question {
        SettingRef setting;
        Target target;
        Origin origin;
    };
    std::vector<Question> questions;
    for (const Change& change : changes) {
        if (is_written(change)) {
            questions.push_back(
                {change.desired.setting, change.desired.candidate.target, change.desired.origin});
        }
    }
    auto problems = survey.calls().ask("checking permissions", [questions](System& system) {
        Problems missing;
        for (const auto& [setting, target, origin] : questions) {
            auto may = setting.bank->may_write(system, target, *setting.tunable);
            if (!may) {
                missing.push_back(std::move(may).error().within(
                    fmt::format("{}: {}", origin.text(), text_of(setting, target))));
            }
        }
        return missing;
    });
    return problems ? *std::move(problems) : Problems{std::move(problems).error()};
}

Report report_of(const Plan& plan, std::string_view verb) {
    Report report;
    report.verb = verb;
    report.profile = plan.profile;
    for (const Change& change : plan.changes) {
        report.rows.push_back(row_of(change, is_written(change)
                                                 ? Outcome::not_done
                                                 : failed_check(*change.desired.setting.tunable)));
        if (!change.known_after.empty()) {
            report.rows.back().message = fmt::format("known after {}", change.known_after);
        }
        if (is_written(change)) {
            const bool is_forbidden = nanotune::is_forbidden(change, plan.forbidden);
            add_words(report.rows.back().message,
                      is_forbidden ? why_forbidden(change) : why_management(change));
            report.rows.back().is_barred = is_barred(change, plan.forbidden);
        }
    }
    for (const Change& change : plan.unchanged) {
        report.rows.push_back(
            row_of(change, change.desired.pending ? Outcome::pending : Outcome::unchanged));
    }
    for (const Change& change : plan.overridden) {
        report.rows.push_back(row_of(change, Outcome::overridden));
    }
    for (const Change& change : plan.unsupported) {
        report.rows.push_back(row_of(change, Outcome::unsupported));
    }
    for (const Waiting& waiting : plan.waiting) {
        report.rows.push_back(
            {.setting = waiting.setting,
             .target = {},
             .before = {},
             .wanted = {},
             .got = {},
             .outcome = waiting.is_unsupported ? Outcome::unsupported : Outcome::pending,
             .origin = waiting.origin,
             .message = waiting.message});
    }
    report.notes = plan.warnings;
    return report;
}

}  // namespace nanotune
