// Words about a datapath that is not there.
#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include <nanotune/error.hpp>
#include <nanotune/nearest.hpp>

#include "service/datapaths.hpp"

namespace nanotune::cli {

[[nodiscard]] inline std::vector<std::string> names_of(const std::vector<Datapath>& datapaths) {
    std::vector<std::string> names;
    std::ranges::transform(datapaths, std::back_inserter(names), &Datapath::name);
    return names;
}

/// With the name that may be meant, where none of the `known` is the one that was given: what was
/// not found may be something else of a datapath that is there.
[[nodiscard]] inline Error with_nearest(Error error, const std::string& name,
                                        const std::vector<std::string>& known) {
    if (error.code == ErrorCode::not_found && std::ranges::find(known, name) == known.end()) {
        error.message += did_you_mean(name, known);
    }
    return error;
}

}  // namespace nanotune::cli
