// Words about a datapath that is not there.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <nanotune/error.hpp>
#include <nanotune/nearest.hpp>

namespace nanotune::cli {

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
