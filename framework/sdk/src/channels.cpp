// What is planned counts before what is there.
#include <linux/ethtool_netlink.h>

#include <nanotune/channels.hpp>

namespace nanotune {

ChannelsLeft channels_left(System& system, const RuleInput& input) {
    const Target& nic = input.candidate.target;
    const auto now = system.ethtool().get(ETHTOOL_MSG_CHANNELS_GET, nic.name);
    const auto left = [&](std::string_view setting, std::uint16_t attribute) -> ChannelCount {
        for (const Planned& planned : input.planned) {
            if (planned.setting == setting && planned.target == nic) {
                return {static_cast<std::uint64_t>(std::get<std::int64_t>(planned.value)),
                        planned.origin};
            }
        }
        const bool is_told = now && now->contains(attribute);
        return {is_told ? now->at(attribute).number : 0, std::nullopt};
    };
    return {.combined = left("nic.channels.combined", ETHTOOL_A_CHANNELS_COMBINED_COUNT),
            .receive = left("nic.channels.rx", ETHTOOL_A_CHANNELS_RX_COUNT),
            .send = left("nic.channels.tx", ETHTOOL_A_CHANNELS_TX_COUNT)};
}

}  // namespace nanotune
