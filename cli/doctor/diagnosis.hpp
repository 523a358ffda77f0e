// What doctor says, for people and for programs, and as a profile.
#pragma once

#include <string>

#include "../import/import.hpp"
#include "../screen.hpp"
#include "finding.hpp"

namespace nanotune::doctor {

/// The host and its NICs in some lines, then each finding with what mends it. `offers_fix`: whether
/// --fix-profile is worth a word.
void print(const cli::Screen& screen, const HostFacts& facts, const Findings& findings,
           bool offers_fix);
/// docs/json.md describes it.
[[nodiscard]] std::string json_of(const HostFacts& facts, const Findings& findings, int exit);
/// How its profiles begin.
inline constexpr cli::ImportHead fix_head = {.mark = "# Written by nanotune doctor from ",
                                             .noun = "finding",
                                             .done = "mended by the lines below"};

/// The lines of all findings; of one setting the first counts.
[[nodiscard]] cli::Import remedies_of(const Findings& findings);
/// By which a finding of one moment is that of another: its check, its subject, and why it matters.
[[nodiscard]] std::string key_of(const Finding& finding);

/// A finding that came between two looks, or is gone.
struct Change {
    bool has_come = false;
    Finding finding;
};
/// What came first.
[[nodiscard]] std::vector<Change> changes_between(const Findings& before, const Findings& now);
/// Counters as they have grown since another look, so that nothing between the two is missed.
/// `seconds`: how long ago that was.
void count_since(const HostFacts& before, double seconds, HostFacts& facts);
/// The change at that time, and what mends what has come.
void print(const cli::Screen& screen, const Change& change, std::string_view time);
/// The change as one line of JSON; docs/json.md describes it.
[[nodiscard]] std::string json_of(const Change& change, std::string_view at);

}  // namespace nanotune::doctor
