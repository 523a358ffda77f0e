// Whom a section is for: its word, `match` and `when`, as a selector.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "resolved.hpp"
#include "section_text.hpp"

namespace nanotune {

/// What `match` of a section selects by: devices by these keys, labels by those; nothing else has
/// any.
[[nodiscard]] std::span<const std::string> match_keys(Selector selector);

class SelectorReader {
  public:
    SelectorReader(const Variables& variables, std::vector<Finding>& findings)
        : variables_(variables), findings_(findings) {}

    /// Nothing after a finding.
    std::optional<SectionSelector> read(const SectionText& section);

  private:
    using Pairs = std::vector<std::pair<std::string, std::string>>;

    std::optional<SectionSelector> read_word(const SectionText& section);
    bool read_given(const SectionText& section, SectionSelector& selector);
    bool read_ids(const SectionText& section, SectionSelector& selector);
    bool read_pairs(const ProfileNode& table, std::span<const std::string> known, Pairs& pairs);
    bool complain(const Origin& origin, std::string message);

    const Variables& variables_;
    std::vector<Finding>& findings_;
};

}  // namespace nanotune
