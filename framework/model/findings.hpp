// What is wrong with a profile while it is still being read: each with its place, so that all of it
// can be told in the order of files and lines.
#pragma once

#include <string>
#include <vector>

#include <nanotune/input.hpp>

#include "problems.hpp"

namespace nanotune {

struct Finding {
    Origin origin;
    Error error;  ///< without the place
    friend bool operator==(const Finding&, const Finding&) = default;
};

/// "hft.toml:14:3: message" as a Problem.
[[nodiscard]] Error at(const Origin& origin, Error error);

/// The findings as problems, by file in the order of `files`, then by line and column; each once,
/// the first hundred, and that there are more.
[[nodiscard]] Problems problems_of(std::vector<Finding> findings,
                                   const std::vector<std::string>& files);

}  // namespace nanotune
