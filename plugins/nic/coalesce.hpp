// How long a NIC may hold packets back before it interrupts: one table, one ethtool message.
#pragma once

#include <limits>

#include <linux/ethtool_netlink.h>

#include <nanotune/ethtool_bank.hpp>

namespace nanotune::nic {

// Newer than the headers of some distributions; the kernel's own numbers.
inline constexpr std::uint16_t coalesce_tx_aggr_max_bytes = 26;
inline constexpr std::uint16_t coalesce_tx_aggr_max_frames = 27;
inline constexpr std::uint16_t coalesce_tx_aggr_time_usecs = 28;

inline constexpr std::int64_t coalesce_limit = std::numeric_limits<std::uint32_t>::max();

// `label` is ethtool's own name.
constexpr EthtoolRow coalesce_time(std::string_view name, std::string_view label,
                                   std::uint16_t attribute, std::string_view summary) {
    return {{.name = name,
             .domain = integer(0, coalesce_limit, Unit::microseconds),
             .summary = summary,
             .witness = {.label = label}},
            attribute};
}

constexpr EthtoolRow coalesce_count(std::string_view name, std::string_view alias,
                                    std::string_view label, std::uint16_t attribute,
                                    std::string_view summary) {
    return {{.name = name,
             .domain = integer(0, coalesce_limit),
             .summary = summary,
             .alias = alias,
             .witness = {.label = label}},
            attribute};
}

// ethtool prints both directions on one line.
enum class Direction { receive, send };
constexpr EthtoolRow coalesce_switch(std::string_view name, std::string_view line,
                                     Direction direction, std::uint16_t attribute,
                                     std::string_view summary) {
    const bool receives = direction == Direction::receive;
    return {{.name = name,
             .domain = flag(),
             .summary = summary,
             .witness = {.heading = line, .label = receives ? "RX:" : "TX:"}},
            attribute,
            1};
}

/// A driver that has it for single queues, too, sets all of them by this one.
constexpr EthtoolRow carrying(std::string_view parts, EthtoolRow row) {
    row.tunable.carries = parts;
    return row;
}

inline constexpr EthtoolRow coalesce_rows[] = {
    carrying("nic.per_queue.coalesce.adaptive_rx",
             coalesce_switch("coalesce.adaptive_rx", "Adaptive", Direction::receive,
                             ETHTOOL_A_COALESCE_USE_ADAPTIVE_RX,
                             "Let the driver vary the receive delay with the packet rate.")),
    carrying("nic.per_queue.coalesce.adaptive_tx",
             coalesce_switch("coalesce.adaptive_tx", "Adaptive", Direction::send,
                             ETHTOOL_A_COALESCE_USE_ADAPTIVE_TX,
                             "Let the driver vary the transmit delay with the packet rate.")),
    carrying("nic.per_queue.coalesce.rx_usecs",
             coalesce_time("coalesce.rx_usecs", "rx-usecs:", ETHTOOL_A_COALESCE_RX_USECS,
                           "Longest wait between a received packet and its interrupt.")),
    carrying("nic.per_queue.coalesce.rx_max_frames",
             coalesce_count("coalesce.rx_max_frames", "coalesce.rx_frames",
                            "rx-frames:", ETHTOOL_A_COALESCE_RX_MAX_FRAMES,
                            "Received packets after which the interrupt comes without waiting.")),
    carrying(
        "nic.per_queue.coalesce.rx_usecs_irq",
        coalesce_time("coalesce.rx_usecs_irq", "rx-usecs-irq:", ETHTOOL_A_COALESCE_RX_USECS_IRQ,
                      "Longest receive wait while an interrupt is already being served.")),
    carrying("nic.per_queue.coalesce.rx_max_frames_irq",
             coalesce_count("coalesce.rx_max_frames_irq", "coalesce.rx_frames_irq",
                            "rx-frames-irq:", ETHTOOL_A_COALESCE_RX_MAX_FRAMES_IRQ,
                            "Received packets that end that wait.")),
    carrying("nic.per_queue.coalesce.tx_usecs",
             coalesce_time("coalesce.tx_usecs", "tx-usecs:", ETHTOOL_A_COALESCE_TX_USECS,
                           "Longest wait between a sent packet and the interrupt that frees it.")),
    carrying("nic.per_queue.coalesce.tx_max_frames",
             coalesce_count("coalesce.tx_max_frames", "coalesce.tx_frames",
                            "tx-frames:", ETHTOOL_A_COALESCE_TX_MAX_FRAMES,
                            "Sent packets after which the interrupt comes without waiting.")),
    carrying(
        "nic.per_queue.coalesce.tx_usecs_irq",
        coalesce_time("coalesce.tx_usecs_irq", "tx-usecs-irq:", ETHTOOL_A_COALESCE_TX_USECS_IRQ,
                      "Longest transmit wait while an interrupt is already being served.")),
    carrying("nic.per_queue.coalesce.tx_max_frames_irq",
             coalesce_count("coalesce.tx_max_frames_irq", "coalesce.tx_frames_irq",
                            "tx-frames-irq:", ETHTOOL_A_COALESCE_TX_MAX_FRAMES_IRQ,
                            "Sent packets that end that wait.")),
    coalesce_switch("coalesce.cqe_mode_rx", "CQE mode", Direction::receive,
                    ETHTOOL_A_COALESCE_USE_CQE_MODE_RX,
                    "Start the receive timer at the last completion, not at the first."),
    coalesce_switch("coalesce.cqe_mode_tx", "CQE mode", Direction::send,
                    ETHTOOL_A_COALESCE_USE_CQE_MODE_TX,
                    "Start the transmit timer at the last completion, not at the first."),
    coalesce_time("coalesce.stats_block_usecs",
                  "stats-block-usecs:", ETHTOOL_A_COALESCE_STATS_BLOCK_USECS,
                  "Time between two updates of the statistics in memory."),
    coalesce_count("coalesce.pkt_rate_low", {}, "pkt-rate-low:", ETHTOOL_A_COALESCE_PKT_RATE_LOW,
                   "Packets a second below which the low values hold."),
    coalesce_time("coalesce.rx_usecs_low", "rx-usecs-low:", ETHTOOL_A_COALESCE_RX_USECS_LOW,
                  "Longest receive wait at a low packet rate."),
    coalesce_count("coalesce.rx_max_frames_low", "coalesce.rx_frames_low | coalesce.rx_frame_low",
                   "rx-frame-low:", ETHTOOL_A_COALESCE_RX_MAX_FRAMES_LOW,
                   "Received packets that end the wait at a low packet rate."),
    coalesce_time("coalesce.tx_usecs_low", "tx-usecs-low:", ETHTOOL_A_COALESCE_TX_USECS_LOW,
                  "Longest transmit wait at a low packet rate."),
    coalesce_count("coalesce.tx_max_frames_low", "coalesce.tx_frames_low | coalesce.tx_frame_low",
                   "tx-frame-low:", ETHTOOL_A_COALESCE_TX_MAX_FRAMES_LOW,
                   "Sent packets that end the wait at a low packet rate."),
    coalesce_count("coalesce.pkt_rate_high", {}, "pkt-rate-high:", ETHTOOL_A_COALESCE_PKT_RATE_HIGH,
                   "Packets a second above which the high values hold."),
    coalesce_time("coalesce.rx_usecs_high", "rx-usecs-high:", ETHTOOL_A_COALESCE_RX_USECS_HIGH,
                  "Longest receive wait at a high packet rate."),
    coalesce_count("coalesce.rx_max_frames_high",
                   "coalesce.rx_frames_high | coalesce.rx_frame_high",
                   "rx-frame-high:", ETHTOOL_A_COALESCE_RX_MAX_FRAMES_HIGH,
                   "Received packets that end the wait at a high packet rate."),
    coalesce_time("coalesce.tx_usecs_high", "tx-usecs-high:", ETHTOOL_A_COALESCE_TX_USECS_HIGH,
                  "Longest transmit wait at a high packet rate."),
    coalesce_count("coalesce.tx_max_frames_high",
                   "coalesce.tx_frames_high | coalesce.tx_frame_high",
                   "tx-frame-high:", ETHTOOL_A_COALESCE_TX_MAX_FRAMES_HIGH,
                   "Sent packets that end the wait at a high packet rate."),
    {{.name = "coalesce.sample_interval",
      .domain = integer(0, coalesce_limit, Unit::seconds),
      .summary = "Time between two measurements of the packet rate.",
      .witness = {.label = "sample-interval:"}},
     ETHTOOL_A_COALESCE_RATE_SAMPLE_INTERVAL},
    {{.name = "coalesce.tx_aggr_max_bytes",
      .domain = integer(0, coalesce_limit, Unit::bytes),
      .summary = "Bytes of sent packets that are put into one transfer at most.",
      .witness = {.label = "tx-aggr-max-bytes:"}},
     coalesce_tx_aggr_max_bytes},
    coalesce_count("coalesce.tx_aggr_max_frames", {},
                   "tx-aggr-max-frames:", coalesce_tx_aggr_max_frames,
                   "Sent packets that are put into one transfer at most."),
    coalesce_time("coalesce.tx_aggr_time_usecs", "tx-aggr-time-usecs:", coalesce_tx_aggr_time_usecs,
                  "Longest wait for packets to share a transfer."),
};

}  // namespace nanotune::nic
