// How many queues of each kind a device has once the plan is done, for rules whose words count
// them.
#pragma once

#include <cstdint>
#include <optional>

#include <nanotune/rule.hpp>

namespace nanotune {

/// One kind of channels.
struct ChannelCount {
    std::uint64_t count = 0;     ///< as planned, else as it is; 0 where the driver tells none
    std::optional<Origin> line;  ///< of the plan that says so
};

/// Of one device. Source: ETHTOOL_MSG_CHANNELS_GET.
struct ChannelsLeft {
    ChannelCount combined;  ///< queues of both directions
    ChannelCount receive;   ///< those that only receive
    ChannelCount send;      ///< those that only send

    [[nodiscard]] bool are_planned() const {
        return combined.line.has_value() || receive.line.has_value() || send.line.has_value();
    }
};

/// Of the input's candidate, a NIC.
[[nodiscard]] ChannelsLeft channels_left(System& system, const RuleInput& input);

}  // namespace nanotune
