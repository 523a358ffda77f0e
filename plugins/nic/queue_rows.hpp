// How many queues a NIC has and how deep they are: a table for each of the two ethtool messages.
#pragma once

#include <limits>

#include <linux/ethtool_netlink.h>

#include <nanotune/ethtool_bank.hpp>

#include "xdp.hpp"

namespace nanotune::nic {

// Many drivers request their interrupts again. For e1000e and igb the link goes down, and with its
// return they take pause frames as they come by default; vmxnet3 spreads packets as by default.
inline constexpr std::string_view lost_with_restart =
    "nic.rss.table | nic.pause.rx | nic.pause.tx | irq.affinity";

// Drivers refuse to change the queues of a NIC that an XDP program or an AF_XDP socket is on.
inline constexpr std::string_view datapaths = "datapath.listen";

inline constexpr std::int64_t most_of_a_ring = std::numeric_limits<std::uint32_t>::max();

// New queues start without steering.
inline constexpr std::string_view lost_with_channels =
    "nic.rps.cpus | nic.rps.flow_cnt | nic.xps.cpus | nic.xps.rxqs";
inline constexpr std::string_view lost_with_channels_on_bus =
    "nic.rss.table | nic.ntuple.rules | nic.pause.rx | nic.pause.tx | irq.affinity";

// ethtool prints what the device can have first.
inline constexpr std::string_view what_is_now = "Current hardware settings:";
inline constexpr Witness channels_witness = {.command = "ethtool --show-channels {}",
                                             .heading = what_is_now};
inline constexpr Witness ring_witness = {.command = "ethtool --show-ring {}",
                                         .heading = what_is_now};

constexpr Tunable channels(std::string_view name, std::string_view label, TopologyEffect counts,
                           std::string_view summary) {
    return {.name = name,
            .domain = integer(0, 65535),
            .impact = Impact::drops_packets,
            .summary = summary,
            .resets = lost_with_channels,
            .resets_on_bus = lost_with_channels_on_bus,
            .topology = counts,
            .pauses = datapaths,
            .witness = {.label = label}};
}

inline constexpr std::uint8_t count = 4;

inline constexpr EthtoolRow channel_rows[] = {
    {channels("channels.combined", "Combined:", TopologyEffect::queue_pairs,
              "Queue pairs that receive and send with one interrupt."),
     ETHTOOL_A_CHANNELS_COMBINED_COUNT, count, ETHTOOL_A_CHANNELS_COMBINED_MAX},
    {channels("channels.rx", "RX:", TopologyEffect::receive_queues, "Queues that only receive."),
     ETHTOOL_A_CHANNELS_RX_COUNT, count, ETHTOOL_A_CHANNELS_RX_MAX},
    {channels("channels.tx", "TX:", TopologyEffect::send_queues, "Queues that only send."),
     ETHTOOL_A_CHANNELS_TX_COUNT, count, ETHTOOL_A_CHANNELS_TX_MAX},
    {channels("channels.other", "Other:", TopologyEffect::none,
              "Interrupts for anything else, such as link changes."),
     ETHTOOL_A_CHANNELS_OTHER_COUNT, count, ETHTOOL_A_CHANNELS_OTHER_MAX},
};

// The kernel leaves a count out of its message where the device can have none of the kind.
inline Status channels_together(System& system, const std::string& device,
                                const EthtoolNumbers& now, const EthtoolNumbers& after) {
    const auto count_of = [&after](std::uint16_t attribute) {
        const auto found = after.find(attribute);
        return found == after.end() ? 0 : found->second.number;
    };
    const auto combined = count_of(ETHTOOL_A_CHANNELS_COMBINED_COUNT);
    if (combined + count_of(ETHTOOL_A_CHANNELS_RX_COUNT) == 0) {
        return failure(ErrorCode::unsupported,
                       "no queue that receives would be left: channels.combined and channels.rx "
                       "would both be 0");
    }
    if (combined + count_of(ETHTOOL_A_CHANNELS_TX_COUNT) == 0) {
        return failure(ErrorCode::unsupported,
                       "no queue that sends would be left: channels.combined and channels.tx "
                       "would both be 0");
    }
    return keep_xdp_sockets(system, device, now, after);
}

constexpr Tunable ring(std::string_view name, std::string_view label, const Domain& domain,
                       std::string_view summary) {
    return {.name = name,
            .domain = domain,
            .impact = Impact::drops_packets,
            .summary = summary,
            .resets_on_bus = lost_with_restart,
            .pauses = datapaths,
            .witness = {.label = label}};
}

// Newer than the headers of some distributions; the kernel's own numbers.
inline constexpr std::uint16_t rings_rx_push = 14;
inline constexpr std::uint16_t rings_tx_push_buf_len = 15;
inline constexpr std::uint16_t rings_tx_push_buf_len_max = 16;
inline constexpr std::uint16_t rings_hds_thresh = 17;
inline constexpr std::uint16_t rings_hds_thresh_max = 18;

inline constexpr EthtoolRow ring_rows[] = {
    {ring("ring.rx", "RX:", integer(0, most_of_a_ring), "Packets that a receive queue holds."),
     ETHTOOL_A_RINGS_RX, count, ETHTOOL_A_RINGS_RX_MAX},
    {ring("ring.rx_mini", "RX Mini:", integer(0, most_of_a_ring),
          "Small packets that a receive queue holds."),
     ETHTOOL_A_RINGS_RX_MINI, count, ETHTOOL_A_RINGS_RX_MINI_MAX},
    {ring("ring.rx_jumbo", "RX Jumbo:", integer(0, most_of_a_ring),
          "Jumbo packets that a receive queue holds."),
     ETHTOOL_A_RINGS_RX_JUMBO, count, ETHTOOL_A_RINGS_RX_JUMBO_MAX},
    {ring("ring.tx", "TX:", integer(0, most_of_a_ring), "Packets that a transmit queue holds."),
     ETHTOOL_A_RINGS_TX, count, ETHTOOL_A_RINGS_TX_MAX},
    {ring("ring.rx_buf_len", "RX Buf Len:", integer(0, most_of_a_ring, Unit::bytes),
          "Size of one buffer of a receive queue."),
     ETHTOOL_A_RINGS_RX_BUF_LEN},
    {ring("ring.tcp_data_split", "TCP data split:", choice("auto | off | on", "0 | 1 | 2"),
          "Put headers and data of TCP packets into separate buffers."),
     ETHTOOL_A_RINGS_TCP_DATA_SPLIT, 1},
    {ring("ring.hds_threshold", "HDS thresh:", integer(0, most_of_a_ring, Unit::bytes),
          "Packet size from which headers and data are separated."),
     rings_hds_thresh, count, rings_hds_thresh_max},
    {ring("ring.cqe_size", "CQE Size:", integer(0, most_of_a_ring, Unit::bytes),
          "Size of one completion entry that the NIC writes."),
     ETHTOOL_A_RINGS_CQE_SIZE},
    {ring("ring.tx_push", "TX Push:", flag(),
          "Write descriptors to the NIC instead of letting it fetch them."),
     ETHTOOL_A_RINGS_TX_PUSH, 1},
    {ring("ring.tx_push_buf_len", "TX push buff len:", integer(0, most_of_a_ring, Unit::bytes),
          "Bytes of a packet that are pushed along with its descriptor."),
     rings_tx_push_buf_len, count, rings_tx_push_buf_len_max},
    {ring("ring.rx_push", "RX Push:", flag(), "Write receive descriptors to the NIC directly."),
     rings_rx_push, 1},
};

}  // namespace nanotune::nic
