// The rules of a device that steer single flows to queues, as one setting.
#pragma once

#include "words_bank.hpp"

namespace nanotune::nic {

/// Rules by location with "; " between, or "none". In what an author wrote, commas may stand
/// between, and a rule without a location gets its number in the list. Errors: invalid.
[[nodiscard]] Result<std::string> normal_flow_rules(std::string_view text);

/// ntuple.rules.
[[nodiscard]] std::span<const WordsRow> flow_rule_rows();

}  // namespace nanotune::nic
