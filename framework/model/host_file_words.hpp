// Values of the host's own file.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "profile.hpp"

namespace nanotune {

/// nullptr for what is no text.
[[nodiscard]] const std::string* text_in(const ProfileNode& node);

/// As messages show it.
[[nodiscard]] std::string spelled(const ProfileNode& node);

/// A text, or a list of them joined by commas, as --set has it.
[[nodiscard]] std::optional<std::string> words_in(const ProfileNode& node);

/// Whole seconds, no more than `longest`: 30, "30s" or "2m".
[[nodiscard]] std::optional<std::chrono::seconds> seconds_in(const ProfileNode& node,
                                                             std::chrono::seconds longest);

}  // namespace nanotune
