// What a bond has left of its members.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/system.hpp>

namespace nanotune {

/// Members of one bond, by what it can do with them now.
struct BondState {
    std::vector<std::string> working;
    std::vector<std::string> idle;

    /// Whether it has a link without that member.
    [[nodiscard]] bool works_without(std::string_view member) const;
    [[nodiscard]] bool works_with(std::string_view member) const;
};

[[nodiscard]] BondState state_of_bond(std::string_view bond, std::span<const Link> links);

}  // namespace nanotune
