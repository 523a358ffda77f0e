// What people write as an option's value: durations, assignments, paths.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "model/profile.hpp"

namespace nanotune::cli {

/// "60", "60s", "500ms", "2m", "1h". Errors: invalid, naming the option.
[[nodiscard]] Result<std::chrono::milliseconds> duration_of(std::string_view option,
                                                            std::string_view text);

/// NAME=VALUE. Errors: invalid.
[[nodiscard]] Result<Override> override_of(std::string_view text);

/// The path seen from `folder`; an absolute path as it is.
[[nodiscard]] std::string absolute_path(std::string_view path, std::string_view folder);

/// Whether a profile's name is a path rather than a name to search for.
[[nodiscard]] bool is_path(std::string_view profile);

/// "2m", "1h 30s": a duration for people.
[[nodiscard]] std::string spoken(std::chrono::seconds duration);

}  // namespace nanotune::cli
