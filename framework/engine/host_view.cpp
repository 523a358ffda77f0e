#include "engine/host_view.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <nanotune/discover.hpp>

namespace nanotune {

namespace {

bool is_discovered_by(const Plugin& plugin, Discovery discovery) {
    const auto is_its = [discovery](const auto& of) { return of->discovery() == discovery; };
    return std::ranges::any_of(plugin.banks, is_its) || std::ranges::any_of(plugin.rules, is_its);
}

}  // namespace

namespace {

Stage first_stage_of(const ResolvedSection& section) {
    return *std::ranges::find_if(all_stages, [&](Stage stage) { return concerns(section, stage); });
}

std::string not_for_this_host(const ResolvedSection& section) {
    std::string wanted;
    for (const auto& [key, value] : section.selector.when) {
        wanted += fmt::format("{}{} = {}", wanted.empty() ? "" : ", ", key, value);
    }
    return fmt::format("{}: left out, as no NIC here has what `when` asks for: {}",
                       section.origin.text(), wanted);
}

}  // namespace

bool concerns(const ResolvedSection& section, Stage stage) {
    const auto is_due = [stage](const auto& said) {
        return (said.parameter.rule != nullptr && said.parameter.rule->stage() == stage) ||
               std::ranges::any_of(said.settings, [stage](const SettingRef& setting) {
                   return setting.bank->stage() == stage;
               });
    };
    return section.plugin->selector == Selector::label ||
           (stage == Stage::topology && section.is_cut) ||
           std::ranges::any_of(section.settings, is_due) ||
           std::ranges::any_of(section.unset, is_due);
}

HostView::HostView(const ResolvedProfile& profile, Survey& survey, Stage stage, CpuSource cpus,
                   const Foreseen& foreseen)
    : survey_(survey), stage_(stage), cpus_(std::move(cpus)), foreseen_(foreseen) {
    for (const ResolvedSection& section : profile.sections) {
        if (!concerns(section, stage)) {
            continue;
        }
        if (!section.selector.when.empty() &&
            !section.selector.holds_on(candidates(discover::nics))) {
            if (stage == first_stage_of(section)) {
                kept_out_.push_back(not_for_this_host(section));
            }
            continue;
        }
        if (auto selector = kept(selector_of(section, *this))) {
            if (section.plugin->selector == Selector::given) {
                givers_.push_back(sections_.size());
            }
            sections_.push_back({&section, *std::move(selector)});
        }
    }
}

const std::vector<Candidate>& HostView::candidates(Discovery discovery) {
    static const std::vector<Candidate> none;
    auto found = survey_.candidates(discovery);
    if (found && !foreseen_.moves_targets()) {
        return with_given(discovery, **found);
    }
    if (found) {
        const auto [left, is_new] = left_.try_emplace(discovery);
        if (is_new) {
            Foreseen::Targets targets = foreseen_.left_of(**found);
            left->second = std::move(targets.list);
            coming_.merge(targets.coming);
        }
        return with_given(discovery, left->second);
    }
    if (failed_.insert(discovery).second) {
        add(std::move(found).error());
    }
    return none;
}

/// What a section is to bring about is a target before it is there.
const std::vector<Candidate>& HostView::with_given(Discovery discovery,
                                                   const std::vector<Candidate>& there) {
    if (givers_.empty()) {
        return there;
    }
    if (const auto known = given_.find(discovery); known != given_.end()) {
        return known->second;
    }
    std::vector<Candidate> all;
    std::set<Target> known;
    for (const std::size_t giver : givers_) {
        const Plugin& plugin = *sections_[giver].section->plugin;
        if (!is_discovered_by(plugin, discovery)) {
            continue;
        }
        if (all.empty()) {
            all = there;
            std::ranges::transform(all, std::inserter(known, known.end()), &Candidate::target);
        }
        const std::string& name = sections_[giver].selector.text;
        const Target target{.kind = plugin.name, .name = name};
        if (known.insert(target).second) {
            all.push_back({.target = target, .facts = {{"name", name}}});
        }
    }
    return all.empty() ? there : given_.emplace(discovery, std::move(all)).first->second;
}

std::shared_ptr<const Coming> HostView::coming(const Target& target) const {
    const auto found = coming_.find(target);
    return found == coming_.end() ? nullptr : std::make_shared<const Coming>(found->second);
}

void HostView::add(Problems problems) {
    std::ranges::move(problems, std::back_inserter(problems_));
}

bool HostView::nodes_fit(const Tunable& tunable, const CpuSet& nodes, const Origin& origin) {
    CpuSet there;
    for (const auto& [number, cpus] : topology().nodes) {
        there.add(number);
    }
    const CpuSet absent = nodes - there;
    if (!absent.empty()) {
        add({.code = ErrorCode::not_found,
             .message = fmt::format("{}: {}: there is no memory node {}; there are {}",
                                    origin.text(), tunable.name, absent.list(), there.list())});
    }
    return absent.empty();
}

bool HostView::cpus_fit(const Tunable& tunable, const Value& value, const Origin& origin) {
    const CpuSet* cpus = std::get_if<CpuSet>(&value);
    if (cpus != nullptr && tunable.domain.numbers == Domain::Numbers::nodes) {
        return nodes_fit(tunable, *cpus, origin);
    }
    if (cpus == nullptr || tunable.domain.numbers != Domain::Numbers::cpus) {
        return true;
    }
    const CpuSet absent = *cpus - topology().online;
    const CpuSet taken = absent & context().taken_offline;
    if (!taken.empty()) {
        add({.code = ErrorCode::invalid,
             .message = fmt::format("{}: {}: CPU {} is taken offline by {}", origin.text(),
                                    tunable.name, taken.list(), context().taken_by.text())});
    } else if (!absent.empty()) {
        add({.code = ErrorCode::not_found,
             .message = fmt::format("{}: {}: CPU {} is not online; online are {}", origin.text(),
                                    tunable.name, absent.list(), topology().online.list())});
    }
    return absent.empty();
}

Result<CpuSet> HostView::cpus_near(std::string_view device) const {
    NT_TRY(const auto* nics, survey_.candidates(discover::nics));
    const auto nic = std::ranges::find(
        *nics, device, [](const Candidate& c) -> std::string_view { return c.target.name; });
    if (nic == nics->end()) {
        return failure(ErrorCode::not_found, fmt::format("there is no NIC {}", device));
    }
    const auto node = CpuSet::from_list(nic->fact("numa_node"));
    const auto& nodes = topology().nodes;
    const bool is_known = node && !node->empty();
    const auto found = is_known ? nodes.find(node->first().value_or(0)) : nodes.end();
    return found == nodes.end() ? topology().online : found->second & topology().online;
}

}  // namespace nanotune
