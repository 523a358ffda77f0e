// What both ends of a link agree on besides its speed: pause frames and sleep.
#pragma once

#include <limits>

#include <linux/ethtool_netlink.h>

#include <nanotune/ethtool_bank.hpp>

namespace nanotune::nic {

inline constexpr Witness pause_witness = {.command = "ethtool --show-pause {}"};
inline constexpr Witness eee_witness = {.command = "ethtool --show-eee {}"};

// The partners agree on these again, for which the link goes down and up.
constexpr Tunable negotiated(std::string_view name, const Witness& witness, const Domain& domain,
                             std::string_view summary, std::string_view alias = {}) {
    return {.name = name,
            .domain = domain,
            .impact = Impact::bounces_link,
            .summary = summary,
            .alias = alias,
            .witness = witness};
}

inline constexpr EthtoolRow pause_rows[] = {
    {negotiated("pause.autoneg", {.label = "Autonegotiate:"}, flag(),
                "Agree with the link partner on pause frames."),
     ETHTOOL_A_PAUSE_AUTONEG, 1},
    {negotiated("pause.rx", {.label = "RX:"}, flag(),
                "Stop sending when the link partner asks for it."),
     ETHTOOL_A_PAUSE_RX, 1},
    {negotiated("pause.tx", {.label = "TX:"}, flag(),
                "Ask the link partner to stop when the queues are full."),
     ETHTOOL_A_PAUSE_TX, 1},
};

// "disabled", or a time: "17 (us)".
inline Result<std::string> is_timed(std::string_view printed) {
    return printed == "disabled" ? "false" : "true";
}

inline constexpr EthtoolRow eee_rows[] = {
    {negotiated("eee.enabled", {.label = "EEE status:"}, flag(),
                "Let an idle link sleep (Energy-Efficient Ethernet).", "eee.eee"),
     ETHTOOL_A_EEE_ENABLED, 1},
    {negotiated("eee.tx_lpi_enabled", {.label = "Tx LPI:", .spelled = is_timed}, flag(),
                "Let our side of the link sleep.", "eee.tx_lpi"),
     ETHTOOL_A_EEE_TX_LPI_ENABLED, 1},
    {negotiated("eee.tx_lpi_timer", {.label = "Tx LPI:"},
                integer(0, std::numeric_limits<std::uint32_t>::max(), Unit::microseconds),
                "Idle time after which our side of the link sleeps.", "eee.tx_timer"),
     ETHTOOL_A_EEE_TX_LPI_TIMER},
};

}  // namespace nanotune::nic
