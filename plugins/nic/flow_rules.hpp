// Rules that steer single flows to queues (ntuple filters), as text.
#pragma once

#include "words_bank.hpp"

namespace nanotune::nic {

/// "udp4 dst-ip 239.1.1.1 dst-port 5000 queue 2 at 0". What these words cannot say is
/// "raw HEXADECIMAL".
[[nodiscard]] std::string text_of(const FlowRule& rule);
/// Without `at` it is at `place`. Errors: invalid.
[[nodiscard]] Result<FlowRule> flow_rule_in(std::string_view text, std::uint32_t place);
[[nodiscard]] std::uint32_t location_of(const FlowRule& rule);

/// Rules by location with "; " between, or "none". In what an author wrote, commas may stand
/// between, and a rule without a location gets its number in the list. Errors: invalid.
[[nodiscard]] Result<std::string> normal_flow_rules(std::string_view text);

/// ntuple.rules.
[[nodiscard]] std::span<const WordsRow> flow_rule_rows();

}  // namespace nanotune::nic
