#include "engine/absence.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <nanotune/nearest.hpp>
#include <nanotune/owners.hpp>

namespace nanotune {
namespace {

using Kind = SectionSelector::Kind;

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

/// What the plugin's discoveries find, as far as the section is concerned.
struct Surroundings {
    bool is_known = true;      ///< no discovery failed
    bool is_selected = false;  ///< by the section, in some discovery
    bool is_limited = false;   ///< it would be, if `when` held
    bool has_device = false;   ///< of the queues that it asks for
    bool has_cpus = false;     ///< its numbers are those of CPUs
    CpuSet ids;
    CpuSet queues;  ///< of that device
    std::vector<std::string> names;
};

Surroundings surroundings_of(const LiveSection& live, HostView& host) {
    Surroundings found;
    SectionSelector anywhere = live.selector;
    anywhere.when.clear();
    SectionSelector device = live.selector;
    device.queues = {};
    for (const Discovery discovery : discoveries(*live.section->plugin)) {
        const auto& candidates = host.candidates(discovery);
        found.is_known = found.is_known && host.knows(discovery);
        for (const Candidate& candidate : candidates) {
            found.is_selected = found.is_selected || live.selector.takes(candidate);
            found.is_limited = found.is_limited || anywhere.takes(candidate);
            if (!live.selector.queues.empty() && device.takes(candidate)) {
                found.has_device = true;
                found.queues = found.queues | candidate.ids;
            }
            found.ids = found.ids | candidate.ids;
            found.has_cpus = found.has_cpus || candidate.target.kind == Target::cpu(0).kind;
            if (const std::string name(candidate.fact("name")); !name.empty()) {
                found.names.push_back(name);
            }
        }
    }
    std::ranges::sort(found.names);
    const auto repeated = std::ranges::unique(found.names);
    found.names.erase(repeated.begin(), repeated.end());
    return found;
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
    switch (live.selector.kind) {
        case Kind::name:
            return fmt::format("{}: no NIC is named {}; {}{}", place, text, there,
                               did_you_mean(text, names));
        case Kind::glob:
            return fmt::format("{}: no physical NIC matches {}; {}", place, text, there);
        case Kind::match:
            return fmt::format("{}: no NIC has what [{}.{}] asks for; {}", place,
                               live.section->plugin->name, text, there);
        case Kind::whole:
        case Kind::ids:
            break;
    }
    return fmt::format("{}: [{}] finds no physical NIC; {}", place, live.section->plugin->name,
                       there);
}

}  // namespace

Absence absence_of(const LiveSection& live, HostView& host) {
    const Surroundings found = surroundings_of(live, host);
    const Plugin& plugin = *live.section->plugin;
    Absence absence{.target = live.selector.kind == Kind::whole
                                  ? Target::host()
                                  : Target{plugin.name, live.selector.text},
                    .message = "this host does not have it"};
    if (!found.is_known) {
        absence.kind = Absence::Kind::not_known;
    } else if (!found.is_selected && found.is_limited) {
        absence.kind = Absence::Kind::limited;
    } else if (live.selector.kind == Kind::ids) {
        // CPUs that are there but have no such setting (no cpufreq) lack it; others are not there.
        const CpuSet known = found.ids | (host.topology().online - CpuSet{});
        if (!(live.selector.ids - known).empty()) {
            absence.kind = Absence::Kind::not_there;
            absence.message = missing_ids(live, known, host.context());
        } else if (const CpuSet offline = live.selector.ids - host.topology().online;
                   found.has_cpus && !offline.empty()) {
            absence.message = fmt::format("CPU {} is offline", offline.list());
        }
    } else if (found.has_device && !found.is_selected) {
        absence.kind = Absence::Kind::no_queue;
        absence.message = fmt::format(
            "{}: {} has no queue {}; there are {}", live.section->origin.text(),
            live.selector.text.empty() ? "this host" : live.selector.text,
            live.selector.queues.list(), found.queues.empty() ? "none" : found.queues.list());
    } else if (plugin.selector == Selector::device && !found.is_selected) {
        absence.kind = Absence::Kind::not_there;
        absence.message = missing_device(live, found.names) + detached(live, host);
    }
    return absence;
}

}  // namespace nanotune
