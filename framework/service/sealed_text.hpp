// A text for another program, in memory alone.
#pragma once

#include <string>
#include <string_view>

#include "system/storage/storage.hpp"

namespace nanotune {

/// A file of memory that holds the text, and that nobody can change any more. `label` is for the
/// words alone. Errors: io, denied.
[[nodiscard]] Result<Descriptor> sealed_text(const std::string& label, std::string_view text);

}  // namespace nanotune
