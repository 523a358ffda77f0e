#include "engine/bystanders.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nanotune/discover.hpp>
#include <nanotune/owners.hpp>

#include "engine/bonds.hpp"
#include "engine/check.hpp"
#include "engine/turns.hpp"

namespace nanotune {
namespace {

/// Devices whose packets changes stop for a while, with the settings that do.
using Disturbed = std::map<std::string, std::vector<std::string>>;

Disturbed disturbed_by(std::span<const Plan> stages) {
    Disturbed disturbed;
    for (const Plan& stage : stages) {
        for (const Change& change : stage.changes) {
            const Impact impact = change.desired.setting.tunable->impact;
            const bool stops = impact == Impact::drops_packets || impact == Impact::bounces_link;
            if (is_written(change) && stops && !change.desired.candidate->device.empty()) {
                auto& names = disturbed[change.desired.candidate->device];
                const std::string name = change.desired.setting.full_name();
                if (std::ranges::find(names, name) == names.end()) {
                    names.push_back(name);
                }
            }
        }
    }
    return disturbed;
}

/// What is seen of the host for all of them at once.
struct Surroundings {
    std::map<std::string, std::vector<NicOwner>> owners;
    unsigned unplaced = 0;
    std::vector<Link> links;
};

Result<Surroundings> surroundings_of(const Disturbed& disturbed, Survey& survey) {
    NT_TRY(const auto* all, survey.candidates(discover::nics));
    std::vector<Candidate> nics;
    std::ranges::copy_if(*all, std::back_inserter(nics), [&disturbed](const Candidate& nic) {
        return disturbed.contains(nic.device);
    });
    return survey.calls().ask(
        "looking for owners of NICs", [nics, answers = survey.answers()](System& system) {
            SteadySystem steady(system, *answers);
            return Surroundings{.owners = observed_owners(steady, nics),
                                .unplaced = unplaced_xdp_sockets(steady),
                                .links = steady.links().list().value_or(std::vector<Link>{})};
        });
}

std::string bond_above(const std::string& device, const std::vector<Link>& links) {
    const auto member = std::ranges::find(links, device, &Link::name);
    const auto above = member == links.end()
                           ? links.end()
                           : std::ranges::find(links, member->master, &Link::index);
    const bool is_bond = above != links.end() && (above->kind == "bond" || above->kind == "team");
    return is_bond ? above->name : std::string();
}

}  // namespace

std::vector<std::string> bystanders_of(std::span<const Plan> stages, Survey& survey) {
    std::vector<std::string> notes;
    const Disturbed disturbed = disturbed_by(stages);
    if (disturbed.empty()) {
        return notes;
    }
    const auto seen = surroundings_of(disturbed, survey);
    if (!seen) {
        return notes;
    }
    for (const auto& [device, settings] : disturbed) {
        if (const auto owners = seen->owners.find(device); owners != seen->owners.end()) {
            std::vector<std::string> texts;
            std::ranges::transform(owners->second, std::back_inserter(texts),
                                   [](const NicOwner& owner) { return text_of(owner); });
            notes.push_back(fmt::format("{} is not the kernel's alone: {}; disturbed by {}", device,
                                        fmt::join(texts, ", "), fmt::join(settings, ", ")));
        }
        const std::string bond = bond_above(device, seen->links);
        const BondState state = state_of_bond(bond, seen->links);
        if (state.works_with(device) && !state.works_without(device)) {
            notes.push_back(fmt::format(
                "{} is the only member of {} that works: while it is changed, {} has no link",
                device, bond, bond));
        }
    }
    if (seen->unplaced != 0) {
        notes.push_back(
            fmt::format("{} AF_XDP socket{} open here, and this kernel does not say on "
                        "which device",
                        seen->unplaced, seen->unplaced == 1 ? " is" : "s are"));
    }
    return notes;
}

}  // namespace nanotune
