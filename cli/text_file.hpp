// Files that the operator names: a plan, a captured profile.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nanotune/error.hpp>

namespace nanotune::cli {

/// Replaces the file as a whole, so that nobody reads half of it. Errors: io, denied.
[[nodiscard]] Status write_text_file(const std::string& asked, std::string_view text);

/// Errors: not_found, denied, io (also for a file over the limit).
[[nodiscard]] Result<std::string> read_text_file(const std::string& path, std::size_t limit);

/// Nothing for an empty file, or one that cannot be read.
[[nodiscard]] std::optional<char> first_character(const std::string& path);

}  // namespace nanotune::cli
