// Lists what must share a node; ColocationBank says where each of them is.
#include "colocate_rule.hpp"

#include <algorithm>

#include <nanotune/discover.hpp>

#include "memory_nodes.hpp"

namespace nanotune::numa {
namespace {

constexpr Tunable keys[] = {
    {.name = "colocate",
     .domain = text(),
     .summary =
         "NICs whose interrupts and processes must be on their memory node; commas between."},
};

std::vector<std::string> names_in(std::string_view list) {
    constexpr std::string_view between = ", ";
    std::vector<std::string> names;
    while (!list.empty()) {
        const auto end = std::min(list.find_first_of(between), list.size());
        if (end != 0) {
            names.emplace_back(list.substr(0, end));
        }
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return names;
}

std::string names_of(const std::vector<Candidate>& nics) {
    std::string names;
    for (const Candidate& nic : nics) {
        names += (names.empty() ? "" : ", ") + nic.device;
    }
    return names;
}

using Chosen = std::expected<std::vector<Candidate>, std::vector<Error>>;

Chosen chosen_from(const std::vector<Candidate>& nics, const Setting& setting) {
    std::vector<Candidate> chosen;
    std::vector<Error> misfits;
    for (const std::string& name : names_in(std::get<std::string>(setting.value))) {
        const auto nic = std::ranges::find_if(nics, [&](const Candidate& candidate) {
            return candidate.device == name || candidate.has_fact("altname", name);
        });
        if (nic != nics.end()) {
            chosen.push_back(*nic);
        } else {
            misfits.push_back({.code = ErrorCode::not_found,
                               .message = setting.origin.text() + ": colocate: there is no NIC " +
                                          name + "; there are: " + names_of(nics)});
        }
    }
    if (!misfits.empty()) {
        return std::unexpected(std::move(misfits));
    }
    return chosen;
}

std::unexpected<std::vector<Error>> at_line(const Setting& setting, Error error) {
    return std::unexpected(
        std::vector{std::move(error).within(setting.origin.text() + ": colocate")});
}

}  // namespace

ColocateRule::ColocateRule(BankPlace place) : Rule(place, packed<keys>) {}

Wishes ColocateRule::derive(System& system, const RuleInput& input) const {
    const Setting* setting = input.settings.find("colocate");
    if (setting == nullptr) {
        return {};
    }
    const auto nics = discover::nics(system);
    const auto nodes = MemoryNodes::of_host(system);
    if (!nics || !nodes) {
        return at_line(*setting, nics ? nodes.error() : nics.error());
    }
    NT_TRY(const auto chosen, chosen_from(*nics, *setting));
    if (chosen.empty()) {
        return {};
    }
    const auto node = nodes->of_nic(chosen.front());
    if (!node) {
        return at_line(
            *setting, {.code = ErrorCode::unsupported,
                       .message = "the kernel does not know the node of " + chosen.front().device});
    }
    std::vector<Wish> wishes;
    const auto belongs_there = [&](const Target& target) {
        wishes.push_back({target, "nodes", CpuSet::of(*node), setting->origin});
    };
    for (const Candidate& nic : chosen) {
        belongs_there(nic.target);
        if (nodes->is_single()) {
            continue;
        }
        const auto interrupts = discover::interrupts_of(system, nic);
        if (!interrupts) {
            return at_line(*setting, interrupts.error());
        }
        for (const Candidate& interrupt : *interrupts) {
            belongs_there(interrupt.target);
        }
    }
    if (!nodes->is_single()) {
        for (const Candidate& process : input.selected("process")) {
            const bool is_program = process.fact("kthread").empty();
            if (is_program && process.target.kind == "process") {
                belongs_there(process.target);
            }
        }
    }
    return wishes;
}

}  // namespace nanotune::numa
