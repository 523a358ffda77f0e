// What doctor says, for people and for programs, and as a profile.
#pragma once

#include <string>

#include "../import/import.hpp"
#include "../screen.hpp"
#include "finding.hpp"

namespace nanotune::doctor {

/// The host and its NICs in some lines, then each finding with what mends it.
void print(const cli::Screen& screen, const HostFacts& facts, const Findings& findings);
/// docs/json.md describes it.
[[nodiscard]] std::string json_of(const HostFacts& facts, const Findings& findings, int exit);
/// Everything that its profiles begin with, by which one is known.
inline constexpr std::string_view fix_mark = "# Written by nanotune doctor from ";

/// The lines of all findings; of one setting the first counts.
[[nodiscard]] cli::Import remedies_of(const Findings& findings);
/// By which a finding of one moment is that of another.
[[nodiscard]] std::string key_of(const Finding& finding);

}  // namespace nanotune::doctor
