// Where profiles are looked for.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "model/profile.hpp"

namespace nanotune::cli {

/// A path as given (in `extends`: seen from the file that extends); a name in each folder in turn.
/// Files below `working_folder` are named from it in messages. A pipe is waited for as long as
/// `patience`.
[[nodiscard]] ProfileSource profile_files(std::vector<std::string> folders,
                                          std::string working_folder,
                                          std::chrono::milliseconds patience);

}  // namespace nanotune::cli
