// Files that the operator names: a plan, a captured profile.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <nanotune/error.hpp>

namespace nanotune::cli {

/// Replaces the file as a whole, so that nobody reads half of it. What is written meanwhile stands
/// beside it, in a file that nobody else has made. Errors: io, denied.
[[nodiscard]] Status write_text_file(const std::string& asked, std::string_view text);

/// What nanotune writes into files that the operator names.
struct OwnText {
    std::string_view option;                ///< that names the file: "--out"
    std::string_view what;                  ///< "a plan"
    std::size_t limit = 0;                  ///< of its size, in bytes
    bool (*is_own)(std::string_view text);  ///< whether a text is one of those
};

/// Before anything else is done: own text replaces own text, and nothing else that somebody wrote.
/// Errors: invalid (also for no name).
[[nodiscard]] Status may_be_written(const std::string& file, const OwnText& own);

/// Waits for whoever writes to a pipe, and no longer than `patience`.
/// Errors: not_found, denied, timed_out, io (also for a file over the limit).
[[nodiscard]] Result<std::string> read_text_file(
    const std::string& path, std::size_t limit,
    std::chrono::milliseconds patience = std::chrono::milliseconds::max());

/// Nothing for an empty file, or one that cannot be read.
[[nodiscard]] std::optional<char> first_character(const std::string& path);

}  // namespace nanotune::cli
