#include "engine/absence.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include <nanotune/nearest.hpp>
#include <nanotune/owners.hpp>

#include "model/glob.hpp"

namespace nanotune {
namespace {

using Kind = SectionSelector::Kind;

constexpr std::string_view lacking = "this host does not have it";

std::vector<Discovery> discoveries(const Plugin& plugin) {
    std::vector<Discovery> list;
    list.reserve(plugin.banks.size() + plugin.rules.size());
    for (const auto& bank : plugin.banks) {
        list.push_back(bank->discovery());
    }
    for (const auto& rule : plugin.rules) {
        list.push_back(rule->discovery());
    }
    std::ranges::sort(list, std::less<>{});
    const auto repeated = std::ranges::unique(list);
    list.erase(repeated.begin(), repeated.end());
    return list;
}

/// The selector without what limits it to some queues, or to hosts where `when` holds.
SectionSelector of_device(SectionSelector selector) {
    selector.queues = {};
    return selector;
}
SectionSelector anywhere(SectionSelector selector) {
    selector.queues = {};
    selector.when.clear();
    return selector;
}

/// What there is of the kind that the section names, whichever of the plugin's discoveries finds
/// it.
struct Kin {
    bool is_known = true;      ///< no discovery failed
    bool is_selected = false;  ///< by the section; for queues, their device
    bool is_limited = false;   ///< it would be, if `when` held
    bool are_cpus = false;     ///< numbers are those of CPUs
    CpuSet ids;
    std::vector<std::string_view> names;  ///< the candidates' own
};

Kin kin_of(const LiveSection& live, HostView& host) {
    Kin kin;
    const SectionSelector device = of_device(live.selector);
    const SectionSelector limited = anywhere(live.selector);
    for (const Discovery discovery : discoveries(*live.section->plugin)) {
        const auto& candidates = host.candidates(discovery);
        kin.is_known = kin.is_known && host.knows(discovery);
        for (const Candidate& candidate : candidates) {
            kin.is_selected = kin.is_selected || device.takes(candidate);
            kin.is_limited = kin.is_limited || limited.takes(candidate);
            kin.are_cpus = kin.are_cpus || candidate.target.kind == Target::cpu(0).kind;
            kin.ids = kin.ids | candidate.ids;
            if (const std::string_view name = candidate.fact("name"); !name.empty()) {
                kin.names.push_back(name);
            }
        }
    }
    return kin;
}

/// In order, each once.
std::vector<std::string> names_of(const Kin& kin) {
    const std::set<std::string_view> names(kin.names.begin(), kin.names.end());
    return {names.begin(), names.end()};
}

/// Of each device that the section takes, as one discovery finds them.
std::map<std::string, CpuSet> queues_in(const std::vector<Candidate>& candidates,
                                        const SectionSelector& selector) {
    std::map<std::string, CpuSet> queues;
    const SectionSelector device = of_device(selector);
    for (const Candidate& candidate : candidates) {
        if (device.takes(candidate)) {
            CpuSet& its = queues[candidate.device];
            its = its | candidate.ids;
        }
    }
    return queues;
}

std::string missing_ids(const LiveSection& live, const CpuSet& known, const CpuContext& context) {
    const std::string place = fmt::format("{}: [{}.\"{}\"]", live.section->origin.text(),
                                          live.section->plugin->name, live.selector.text);
    const CpuSet absent = live.selector.ids - known;
    if (const CpuSet taken = absent & context.taken_offline; !taken.empty()) {
        return fmt::format("{}: CPU {} is taken offline by {}", place, taken.list(),
                           context.taken_by.text());
    }
    return fmt::format("{}: {} is not there; there are {}", place, absent.list(), known.list());
}

/// Whether the section means the card: by its place, or by a name that it would have there or had
/// once.
bool means(const SectionSelector& selector, const DetachedNic& nic, const Survey& survey) {
    if (selector.kind == Kind::match) {
        return std::ranges::find(selector.match, std::pair(std::string("pci"), nic.pci)) !=
               selector.match.end();
    }
    return selector.kind == Kind::name &&
           (std::ranges::find(nic.names, selector.text) != nic.names.end() ||
            std::ranges::any_of(survey.remembered(), [&](const DeviceIdentity& device) {
                return device.name == selector.text && device.bus.ends_with("/" + nic.pci);
            }));
}

/// Who has the card that the section means; "" where nobody is found.
std::string detached(const LiveSection& live, HostView& host) {
    const auto nics =
        host.survey().calls().ask("looking for cards that programs drive themselves",
                                  [](System& system) { return detached_nics(system); });
    for (const DetachedNic& nic : nics.value_or(std::vector<DetachedNic>{})) {
        if (means(live.selector, nic, host.survey())) {
            return fmt::format("; {} is no network device: it is bound to {}{}", nic.pci,
                               nic.driver,
                               nic.held_by.empty() ? "" : ", and " + nic.held_by + " has it");
        }
    }
    return {};
}

std::string missing_device(const LiveSection& live, const std::vector<std::string>& names) {
    const std::string& text = live.selector.text;
    const std::string there = names.empty()
                                  ? "this host has no NIC besides loopback"
                                  : fmt::format("the NICs here are {}", fmt::join(names, ", "));
    const std::string place = live.section->origin.text();
    const bool has_virtual = std::ranges::any_of(names, [&](const std::string& name) {
        return live.selector.kind == Kind::whole || glob_matches(text, name);
    });
    const std::string_view how = has_virtual ? "; those that are virtual are taken by their names, "
                                               "or with match = { kind = \"any\" }"
                                             : "";
    switch (live.selector.kind) {
        case Kind::name:
            return fmt::format("{}: no NIC is named {}; {}{}", place, text, there,
                               did_you_mean(text, names));
        case Kind::glob:
            return fmt::format("{}: no physical NIC matches {}; {}{}", place, text, there, how);
        case Kind::match:
            return fmt::format("{}: no NIC has what [{}.{}] asks for; {}", place,
                               live.section->plugin->name, text, there);
        case Kind::whole:
        case Kind::ids:
            break;
    }
    return fmt::format("{}: [{}] finds no physical NIC; {}{}", place, live.section->plugin->name,
                       there, how);
}

std::string missing_queues(const LiveSection& live, const std::vector<Candidate>& candidates) {
    CpuSet queues;
    for (const auto& [device, its] : queues_in(candidates, live.selector)) {
        queues = queues | its;
    }
    return fmt::format("{}: {} has no queue {}; there are {}", live.section->origin.text(),
                       live.selector.text.empty() ? "this host" : live.selector.text,
                       live.selector.queues.list(), queues.empty() ? "none" : queues.list());
}

Absence of_kind(const LiveSection& live, Absence::Kind kind, std::string message) {
    return {.kind = kind,
            .target = live.selector.kind == Kind::whole
                          ? Target::host()
                          : Target{live.section->plugin->name, live.selector.text},
            .message = std::move(message)};
}

/// CPUs that are there but have no such setting (no cpufreq) lack it; others are not there.
Absence absence_of_ids(const LiveSection& live, const Kin& kin, HostView& host) {
    const CpuSet& online = host.topology().online;
    const CpuSet known = kin.are_cpus ? kin.ids | online : kin.ids;
    if (!(live.selector.ids - known).empty()) {
        return of_kind(live, Absence::Kind::not_there, missing_ids(live, known, host.context()));
    }
    const CpuSet offline = kin.are_cpus ? live.selector.ids - online : CpuSet();
    return of_kind(
        live, Absence::Kind::unsupported,
        offline.empty() ? std::string(lacking) : fmt::format("CPU {} is offline", offline.list()));
}

/// Whatever the plugin finds of it, the setting's own queues apart.
Absence absence_among(const LiveSection& live, const Kin& kin, HostView& host) {
    if (!kin.is_known) {
        return of_kind(live, Absence::Kind::not_known, {});
    }
    if (!kin.is_selected && kin.is_limited) {
        return of_kind(live, Absence::Kind::limited, {});
    }
    if (live.selector.kind == Kind::ids) {
        return absence_of_ids(live, kin, host);
    }
    if (live.section->plugin->selector == Selector::device && !kin.is_selected) {
        return of_kind(live, Absence::Kind::not_there,
                       missing_device(live, names_of(kin)) + detached(live, host));
    }
    return of_kind(live, Absence::Kind::unsupported, std::string(lacking));
}

}  // namespace

Absence absence_of(const LiveSection& live, HostView& host) {
    return absence_among(live, kin_of(live, host), host);
}

Absence absence_of(const LiveSection& live, Discovery own, HostView& host) {
    Absence absence = absence_of(live, host);
    if (absence.kind != Absence::Kind::unsupported || live.selector.queues.empty()) {
        return absence;
    }
    return of_kind(live, Absence::Kind::no_queue, missing_queues(live, host.candidates(own)));
}

std::vector<LostQueues> lost_queues(const SectionSelector& selector,
                                    const std::vector<Candidate>& candidates) {
    std::vector<LostQueues> lost;
    for (const auto& [name, left] : queues_in(candidates, selector)) {
        if (CpuSet none = selector.queues - left; !none.empty() && none != selector.queues) {
            lost.push_back({.device = name, .lost = std::move(none), .left = left});
        }
    }
    return lost;
}

}  // namespace nanotune
