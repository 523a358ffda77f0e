// What people write as an option's value: durations, assignments, paths.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include <nanotune/numbers.hpp>

#include "model/profile.hpp"

namespace nanotune::cli {

/// "60", "60s", "500ms", "2m", "1h". Errors: invalid, naming the option.
[[nodiscard]] Result<std::chrono::milliseconds> duration_of(std::string_view option,
                                                            std::string_view text);

/// The same, within what is sensible. Errors: invalid, with the bounds.
[[nodiscard]] Result<std::chrono::milliseconds> duration_within(std::string_view option,
                                                                std::string_view text,
                                                                std::chrono::milliseconds least,
                                                                std::chrono::milliseconds most);

/// That this text is none of the numbers that the option takes.
[[nodiscard]] std::unexpected<Error> out_of_bounds(std::string_view option, std::string_view text,
                                                   std::string_view least, std::string_view most);

/// A whole number within bounds. Errors: invalid, with the bounds.
template <std::integral Number>
[[nodiscard]] Result<Number> number_within(std::string_view option, std::string_view text,
                                           std::type_identity_t<Number> least,
                                           std::type_identity_t<Number> most) {
    const auto number = whole_number<Number>(text);
    return number && *number >= least && *number <= most
               ? Result<Number>(*number)
               : out_of_bounds(option, text, std::to_string(least), std::to_string(most));
}

/// A moment to come, in seconds since the epoch: a duration from now ("2h"), the next time that it
/// is that o'clock here ("16:30"), or a date with its time ("2026-11-28T16:30:00Z"). Errors:
/// invalid, naming the option.
[[nodiscard]] Result<std::int64_t> moment_of(std::string_view option, std::string_view text);

/// NAME=VALUE. Errors: invalid.
[[nodiscard]] Result<Override> override_of(std::string_view text);

/// The path seen from `folder`; an absolute path as it is.
[[nodiscard]] std::string absolute_path(std::string_view path, std::string_view folder);

/// Whether a profile's name is a path rather than a name to search for.
[[nodiscard]] bool is_path(std::string_view profile);

/// "2m", "1h 30s": a duration for people.
[[nodiscard]] std::string spoken(std::chrono::seconds duration);

}  // namespace nanotune::cli
