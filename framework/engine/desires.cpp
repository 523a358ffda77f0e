#include "engine/desires.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include <nanotune/boot_cpus.hpp>
#include <nanotune/discover.hpp>

#include "engine/host_view.hpp"
#include "engine/readable.hpp"
#include "engine/rule_desires.hpp"
#include "engine/setting_desires.hpp"
#include "engine/stacks.hpp"
#include "model/boot_misfits.hpp"
#include "model/misfits.hpp"

namespace nanotune {
namespace {

/// For each desire the first one of the same setting and target: mostly itself.
std::vector<std::size_t> first_of_each(const std::vector<Desired>& desired) {
    const auto place_of = [&desired](std::size_t at) {
        return std::tie(desired[at].setting.tunable, desired[at].candidate->target);
    };
    std::vector<std::size_t> firsts(desired.size());
    std::iota(firsts.begin(), firsts.end(), std::size_t{0});
    std::vector<std::size_t> by_place = firsts;
    std::ranges::sort(by_place, [&place_of](std::size_t a, std::size_t b) {
        return std::tuple(place_of(a), a) < std::tuple(place_of(b), b);
    });
    for (std::size_t i = 1; i < by_place.size(); ++i) {
        if (place_of(by_place[i]) == place_of(by_place[i - 1])) {
            firsts[by_place[i]] = firsts[by_place[i - 1]];
        }
    }
    return firsts;
}

/// One setting of one target has one wish: equal ones become one, others are a contradiction.
void make_unique(StageDesires& desires, HostView& host) {
    const std::vector<std::size_t> firsts = first_of_each(desires.desired);
    std::vector<bool> is_repeated(firsts.size());
    for (std::size_t i = 0; i < firsts.size(); ++i) {
        const Desired& desired = desires.desired[i];
        const Desired& earlier = desires.desired[firsts[i]];
        is_repeated[i] = firsts[i] != i && !desired.pending;
        if (is_repeated[i] && earlier.value != desired.value) {
            const Domain& domain = desired.setting.tunable->domain;
            host.add(
                {.code = ErrorCode::conflict,
                 .message = fmt::format("{}: {} = {} contradicts {}: {}", desired.origin.text(),
                                        text_of(desired.setting, desired.candidate->target),
                                        readable(domain, desired.value), earlier.origin.text(),
                                        readable(domain, earlier.value))});
        }
    }
    if (std::ranges::find(is_repeated, true) == is_repeated.end()) {
        return;
    }
    std::vector<Desired> unique;
    for (std::size_t i = 0; i < firsts.size(); ++i) {
        if (!is_repeated[i]) {
            unique.push_back(std::move(desires.desired[i]));
        }
    }
    desires.desired = std::move(unique);
}

/// Settings of one target that bound each other, whichever sections say them.
void hold_to_bounds(const StageDesires& desires, HostView& host) {
    if (std::ranges::none_of(desires.desired, [](const Desired& desired) {
            return !desired.setting.tunable->at_most.empty();
        })) {
        return;
    }
    std::map<std::pair<std::string, Target>, const Desired*> wanted;
    for (const Desired& desired : desires.desired) {
        wanted[{desired.setting.full_name(), desired.candidate->target}] = &desired;
    }
    std::set<std::string> told;
    for (const Desired& desired : desires.desired) {
        const std::string limit(desired.setting.tunable->at_most);
        const auto found = wanted.find({limit, desired.candidate->target});
        if (limit.empty() || found == wanted.end()) {
            continue;
        }
        const Desired& most = *found->second;
        const auto excess =
            excess_over(desired.setting, desired.value, most.setting, most.value, most.origin);
        if (!excess) {
            continue;
        }
        std::string text = fmt::format("{}: {}", desired.origin.text(), *excess);
        if (told.insert(text).second) {
            host.add({.code = ErrorCode::conflict, .message = std::move(text)});
        }
    }
}

std::array<const CpuRequest*, 4> roles_of(const ResolvedProfile& profile) {
    return {&profile.housekeeping, &profile.irq, &profile.datapath, &profile.isolated};
}

bool is_automatic(const ResolvedProfile& profile) {
    return std::ranges::any_of(roles_of(profile), [](const CpuRequest* request) {
        return request->text.empty() || request->text == "auto";
    });
}

bool has_roles(const ResolvedProfile& profile) {
    return std::ranges::any_of(roles_of(profile),
                               [](const CpuRequest* request) { return !request->text.empty(); });
}

/// Whether the profile itself has something to say of CPUs that can be wrong: which of them do
/// what, or which of them run.
bool says_of_cpus(const ResolvedProfile& profile) {
    return has_roles(profile) ||
           std::ranges::any_of(profile.sections, [](const ResolvedSection& section) {
               return section.plugin->selector != Selector::label &&
                      concerns(section, Stage::topology);
           });
}

/// The node of the first NIC that the profile names and that says where it is. What is said of all
/// NICs names none.
std::optional<unsigned> preferred_node(const ResolvedProfile& profile, Survey& survey) {
    for (const ResolvedSection& section : profile.sections) {
        if (section.plugin->selector != Selector::device ||
            section.selector.kind == SectionSelector::Kind::whole) {
            continue;
        }
        const auto nics = survey.candidates(discover::nics);
        if (!nics) {
            return std::nullopt;
        }
        for (const Candidate& nic : **nics) {
            const auto node = CpuSet::from_list(nic.fact("numa_node"));
            if (section.selector.takes(nic) && node && !node->empty()) {
                return node->first();
            }
        }
    }
    return std::nullopt;
}

/// The topology after what the profile does to it, where this host can do it.
void foresee(CpuContext& context, const Desired& desired, Survey& survey) {
    if (desired.setting.tunable->topology == TopologyEffect::none || !desired.missing.empty()) {
        return;
    }
    const auto readings = survey.read({{desired.setting, desired.candidate->target}});
    if (!readings || !readings->front()) {
        return;  // unsupported here: the topology stage says so
    }
    if (const CpuSet going = taken_offline(desired, context.topology); !going.empty()) {
        context.taken_offline = context.taken_offline | going;
        context.taken_by = desired.origin;
        context.topology = context.topology.without(going);
    }
}

CpuPlan everywhere(const Topology& topology) {
    const CpuSet& all = topology.online;
    return {.housekeeping = all, .irq = all, .datapath = all, .isolated = all};
}

}  // namespace

StageDesires Desires::of(Stage stage, const Foreseen& foreseen) {
    // The last stage checks the CPUs' roles even where no section is left for it.
    if (stage != Stage::processes &&
        std::ranges::none_of(profile_.sections, [stage](const ResolvedSection& section) {
            return concerns(section, stage);
        })) {
        return {};
    }
    const CpuFindings* cpus = says_of_cpus(profile_) ? &cpus_in(stage) : nullptr;
    const auto source = [&]() -> const CpuContext& {
        cpus = &cpus_in(stage);
        return cpus->context;
    };
    StageDesires desires = collected(stage, source, foreseen);
    if (cpus == nullptr) {
        return desires;
    }
    if (cpus->context.topology.online.empty()) {  // nothing else that was found means anything
        desires = {};
    }
    desires.problems.insert(desires.problems.begin(), cpus->problems.begin(), cpus->problems.end());
    if (stage == Stage::processes) {  // once
        desires.warnings.insert(desires.warnings.begin(), cpus->warnings.begin(),
                                cpus->warnings.end());
    }
    return desires;
}

StageDesires Desires::collected(Stage stage, const CpuSource& cpus, const Foreseen& foreseen) {
    HostView host(profile_, survey_, stage, cpus, foreseen);
    StageDesires desires;
    add_setting_desires(host, desires);
    add_rule_desires(host, desires);
    make_unique(desires, host);
    if (add_members(desires.desired, host)) {
        make_unique(desires, host);
    }
    hold_to_bounds(desires, host);
    desires.problems = host.take_problems();
    std::ranges::move(host.take_kept_out(), std::back_inserter(desires.warnings));
    return desires;
}

Checked<CpuContext> Desires::context(Stage stage) {
    const CpuFindings& cpus = cpus_in(stage);
    return cpus.problems.empty() ? Checked<CpuContext>(cpus.context)
                                 : std::unexpected(cpus.problems);
}

const Desires::CpuFindings& Desires::cpus_in(Stage stage) {
    if (!before_) {
        before_ = cpus_before();
    }
    if (stage == Stage::topology) {
        return *before_;
    }
    if (!after_) {
        after_ = cpus_after(*before_);
    }
    return *after_;
}

/// All that the topology stage itself can go by.
Desires::CpuFindings Desires::cpus_before() {
    CpuFindings cpus;
    auto topology = survey_.topology();
    if (!topology) {
        cpus.problems.push_back(std::move(topology).error());
        return cpus;
    }
    cpus.context.topology = *std::move(topology);
    cpus.context.plan = cpu_plan_of(profile_, cpus.context.topology, std::nullopt)
                            .value_or(everywhere(cpus.context.topology));
    return cpus;
}

Desires::CpuFindings Desires::cpus_after(const CpuFindings& before) {
    CpuFindings cpus = before;
    CpuContext& context = cpus.context;
    if (context.topology.online.empty()) {
        return cpus;
    }
    StageDesires desires = collected(
        Stage::topology, [&before]() -> const CpuContext& { return before.context; }, Foreseen());
    std::ranges::move(desires.problems, std::back_inserter(cpus.problems));
    for (const Desired& desired : desires.desired) {
        foresee(context, desired, survey_);
    }
    auto plan =
        cpu_plan_of(profile_, context.topology,
                    is_automatic(profile_) ? preferred_node(profile_, survey_) : std::nullopt);
    if (plan) {
        context.plan = *std::move(plan);
        compare_with_boot(cpus);
    } else {
        for (Error& problem : plan.error()) {
            if (problem.code == ErrorCode::not_found && !context.taken_offline.empty()) {
                problem.message += fmt::format("; {} takes {} offline", context.taken_by.text(),
                                               context.taken_offline.list());
            }
            cpus.problems.push_back(std::move(problem));
        }
        context.plan = everywhere(context.topology);
    }
    return cpus;
}

/// Where the command line cannot be read, there is nothing to compare with.
void Desires::compare_with_boot(CpuFindings& cpus) {
    if (!has_roles(profile_)) {
        return;
    }
    const auto boot = survey_.calls().ask("reading the kernel's command line", [](System& system) {
        return observed_boot_cpus(system.files());
    });
    if (!boot || !*boot) {
        return;
    }
    BootMisfits misfits = misfits_of(profile_, cpus.context.plan, **boot);
    cpus.warnings = std::move(misfits.warnings);
    std::ranges::move(misfits.problems, std::back_inserter(cpus.problems));
}

}  // namespace nanotune
