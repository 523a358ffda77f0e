#include "engine/whole_plan.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include <nanotune/discover.hpp>

#include "engine/bystanders.hpp"
#include "engine/check.hpp"
#include "engine/named_after.hpp"
#include "engine/pauses.hpp"
#include "engine/resets.hpp"
#include "model/problem_order.hpp"

namespace nanotune {
namespace {

/// One list of all stages, with room made for them at once.
template <typename T>
void join(Plan& whole, std::vector<Plan>& stages, std::vector<T> Plan::* list) {
    std::size_t count = 0;
    for (const Plan& stage : stages) {
        count += (stage.*list).size();
    }
    (whole.*list).reserve(count);
    for (Plan& stage : stages) {
        std::ranges::move(stage.*list, std::back_inserter(whole.*list));
    }
}

/// Each once.
std::vector<DeviceIdentity> hardware_in(const Ledger& ledger) {
    std::vector<DeviceIdentity> devices;
    for (const Applied& applied : ledger.applied()) {
        for (const Bearer& bearer : applied.bearers) {
            const DeviceIdentity& device = bearer.device;
            if (!device.bus.empty() && std::ranges::find(devices, device) == devices.end()) {
                devices.push_back(device);
            }
        }
    }
    return devices;
}

/// Marks rows whose value an earlier stage's change resets.
void mark_unknown(Plan& whole) {
    std::map<std::pair<std::string, std::string>, std::string> reset;  // (setting, device) to cause
    for (const Change& change : whole.changes) {
        for (const std::string_view name :
             resets_of(*change.desired.setting.tunable, change.desired.candidate)) {
            reset.emplace(std::pair(std::string(name), change.desired.candidate->device),
                          change.desired.setting.full_name());
        }
    }
    if (reset.empty()) {
        return;
    }
    const auto mark = [&](Change& change) {
        const auto cause =
            reset.find({change.desired.setting.full_name(), change.desired.candidate->device});
        if (cause != reset.end() && !change.desired.candidate->device.empty() &&
            !change.desired.coming) {
            change.known_after = cause->second;
        }
    };
    std::ranges::for_each(whole.changes, mark);
    std::ranges::for_each(whole.unchanged, mark);
}

}  // namespace

Checked<Plan> plan_of_stage(Stage stage, Desires& desires, Wanted& wanted, const Returns& returns,
                            const Ledger& ledger, Survey& survey, Rounded rounded,
                            ByKey<Value>& planned, const Foreseen& foreseen) {
    StageDesires wishes = desires.of(stage, foreseen);
    for (const Desired& desired : wishes.desired) {
        wanted.add(desired);
        if (!desired.setting.tunable->carries.empty()) {
            planned.insert_or_assign(key_of(desired), desired.value);
        }
    }
    auto returned = returns.of(stage, wanted, foreseen, planned);
    if (!returned) {
        wishes.problems.push_back(std::move(returned).error());
        return std::unexpected(std::move(wishes.problems));
    }
    return stage_plan(survey, ledger, rounded, std::move(wishes), *std::move(returned));
}

Checked<WholePlan> whole_plan(const ResolvedProfile& profile, const Catalog& catalog,
                              const Ledger& ledger, Survey& survey, Rounded rounded) {
    WholePlan whole;
    Problems problems;
    std::set<std::string> told;
    Foreseen foreseen;
    ByKey<Value> planned;
    survey.remember(hardware_in(ledger));
    Desires desires(profile, survey);
    const Returns returns(ledger, catalog, survey);
    for (const Stage stage : all_stages) {
        auto plan = plan_of_stage(stage, desires, whole.wanted, returns, ledger, survey, rounded,
                                  planned, foreseen);
        if (plan) {
            if (stage == Stage::topology || stage == Stage::queues) {
                foreseen.follow(*plan, survey);
            }
            whole.stages.at(static_cast<std::size_t>(stage)) = *std::move(plan);
            continue;
        }
        for (Error& problem : plan.error()) {
            if (told.insert(problem.message).second) {
                problems.push_back(std::move(problem));
            }
        }
    }
    if (!problems.empty()) {
        sort_by_place(problems);
        return std::unexpected(std::move(problems));
    }
    whole.notes = bystanders_of(whole.stages, survey);
    std::ranges::move(followers_of(whole.stages, catalog, survey), std::back_inserter(whole.notes));
    std::ranges::move(Pauses(catalog, survey).notes(whole.stages), std::back_inserter(whole.notes));
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

Plan WholePlan::joined(const ResolvedProfile& profile) && {
    Plan plan;
    plan.profile = profile.name;
    plan.profile_hash = profile.hash;
    plan.forbidden = profile.forbidden;
    join(plan, stages, &Plan::changes);
    join(plan, stages, &Plan::unchanged);
    join(plan, stages, &Plan::unsupported);
    join(plan, stages, &Plan::overridden);
    join(plan, stages, &Plan::waiting);
    join(plan, stages, &Plan::warnings);
    std::ranges::move(notes, std::back_inserter(plan.warnings));
    mark_unknown(plan);
    return plan;
}

bool WholePlan::is_empty() const {
    return std::ranges::all_of(
        stages, [](const Plan& stage) { return std::ranges::none_of(stage.changes, is_written); });
}

}  // namespace nanotune
