// What another program said of a setting, and whether it says the same as nanotune. Pure.
#pragma once

#include <string>
#include <string_view>

#include <nanotune/domain.hpp>
#include <nanotune/witness.hpp>

namespace nanotune {

/// The value in what the program printed, as it spells it: one line, single blanks. Errors:
/// not_found, naming what is missing.
[[nodiscard]] Result<std::string> testimony(const Inquiry& inquiry, std::string_view printed);

/// Whether that text stands for the value.
[[nodiscard]] bool agrees(const Inquiry& inquiry, const Domain& domain, const std::string& said,
                          const Value& value);

/// The command as one would type it.
[[nodiscard]] std::string command_line_of(const Inquiry& inquiry);

}  // namespace nanotune
