// One rule that steers a flow to a queue (an ntuple filter), as text and as the kernel has it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nanotune/error.hpp>
#include <nanotune/ethtool.hpp>

namespace nanotune::nic {

/// "udp4 dst-ip 239.1.1.1 dst-port 5000 queue 2 at 0". What these words cannot say is
/// "raw HEXADECIMAL".
[[nodiscard]] std::string text_of(const FlowRule& rule);
/// Without `at` it is at `place`. Errors: invalid.
[[nodiscard]] Result<FlowRule> flow_rule_in(std::string_view text, std::uint32_t place);
[[nodiscard]] std::uint32_t location_of(const FlowRule& rule);
/// Whether it sends to a context of the receive hash, not to a queue.
[[nodiscard]] bool sends_to_context(const FlowRule& rule);

}  // namespace nanotune::nic
