#include "engine/bonds.hpp"

#include <algorithm>

namespace nanotune {

bool BondState::works_without(std::string_view member) const {
    return std::ranges::any_of(working, [&](const std::string& other) { return other != member; });
}

bool BondState::works_with(std::string_view member) const {
    return std::ranges::find(working, member) != working.end();
}

BondState state_of_bond(std::string_view bond, std::span<const Link> links) {
    BondState state;
    const auto above = std::ranges::find(links, bond, &Link::name);
    if (above == links.end()) {
        return state;
    }
    for (const Link& link : links) {
        if (link.master == above->index) {
            (link.serves_master ? state.working : state.idle).push_back(link.name);
        }
    }
    return state;
}

}  // namespace nanotune
