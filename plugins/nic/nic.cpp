// Everything between the wire and the first instruction of the network stack: how many queues a
// NIC has and how deep they are, when it interrupts, what it does to packets by itself, and which
// CPU picks them up.
#include <limits>

#include <linux/ethtool_netlink.h>
#include <linux/if_link.h>

#include <nanotune/discover.hpp>
#include <nanotune/ethtool_bank.hpp>
#include <nanotune/file_bank.hpp>
#include <nanotune/link_bank.hpp>
#include <nanotune/plugin.hpp>

#include "coalesce.hpp"
#include "counters_bank.hpp"
#include "devlink_bank.hpp"
#include "driver_bank.hpp"
#include "features_bank.hpp"
#include "flow_rules.hpp"
#include "link_mode.hpp"
#include "mtu.hpp"
#include "multicast_bank.hpp"
#include "private_flags_bank.hpp"
#include "queue_coalesce_bank.hpp"
#include "queue_napi_bank.hpp"
#include "receive_hash_bank.hpp"
#include "sending.hpp"
#include "spread_rule.hpp"
#include "stamps_bank.hpp"
#include "xdp.hpp"

namespace nanotune::nic {
namespace {

constexpr std::int64_t largest_u32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t largest_s32 = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t largest_s64 = std::numeric_limits<std::int64_t>::max();

// Many drivers request their interrupts again. For e1000e and igb the link goes down, and with its
// return they take pause frames as they come by default.
constexpr std::string_view lost_with_restart = "nic.pause.rx | nic.pause.tx | irq.affinity";

// Newer than the headers of some distributions; the kernel's own numbers.
constexpr std::uint16_t gso_ipv4_max_size = 63;
constexpr std::uint16_t gro_ipv4_max_size = 64;

constexpr LinkRow link_rows[] = {
    {{.name = "mtu",
      .domain = integer(68, 65536),
      .impact = Impact::drops_packets,
      .summary = "Bytes in the largest packet that the device sends, without its link header.",
      .resets_on_bus = lost_with_restart,
      .along_stack = true,
      .stops_datapath = true},
     IFLA_MTU,
     IFLA_MIN_MTU,
     IFLA_MAX_MTU,
     takes_mtu},
    {{.name = "txqueuelen",
      .domain = integer(0, largest_s32),
      .summary = "Packets that the device's queueing discipline holds.",
      .alias = "tx_queue_len"},
     IFLA_TXQLEN},
    {{.name = "gso_max_size",
      .domain = integer(0, largest_u32, Unit::bytes),
      .summary = "Largest packet that the stack hands down to be cut by the NIC."},
     IFLA_GSO_MAX_SIZE,
     0,
     IFLA_TSO_MAX_SIZE},
    {{.name = "gso_max_segs",
      .domain = integer(1, 65535),
      .summary = "Pieces that such a packet may be cut into."},
     IFLA_GSO_MAX_SEGS,
     0,
     IFLA_TSO_MAX_SEGS},
    {{.name = "gro_max_size",
      .domain = integer(0, largest_u32, Unit::bytes),
      .summary = "Largest packet that received ones are joined to."},
     IFLA_GRO_MAX_SIZE},
    {{.name = "gso_ipv4_max_size",
      .domain = integer(0, largest_u32, Unit::bytes),
      .summary = "gso_max_size for IPv4 alone."},
     gso_ipv4_max_size,
     0,
     IFLA_TSO_MAX_SIZE},
    {{.name = "gro_ipv4_max_size",
      .domain = integer(0, largest_u32, Unit::bytes),
      .summary = "gro_max_size for IPv4 alone."},
     gro_ipv4_max_size},
};

// New queues start without steering.
constexpr std::string_view lost_with_channels =
    "nic.rps.cpus | nic.rps.flow_cnt | nic.xps.cpus | nic.xps.rxqs";
constexpr std::string_view lost_with_channels_on_bus =
    "nic.rss.table | nic.ntuple.rules | nic.pause.rx | nic.pause.tx | irq.affinity";

constexpr Tunable channels(std::string_view name, TopologyEffect counts, std::string_view summary) {
    return {.name = name,
            .domain = integer(0, 65535),
            .impact = Impact::drops_packets,
            .summary = summary,
            .resets = lost_with_channels,
            .resets_on_bus = lost_with_channels_on_bus,
            .topology = counts,
            .stops_datapath = true};
}

constexpr std::uint8_t count = 4;

constexpr EthtoolRow channel_rows[] = {
    {channels("channels.combined", TopologyEffect::queue_pairs,
              "Queue pairs that receive and send with one interrupt."),
     ETHTOOL_A_CHANNELS_COMBINED_COUNT, count, ETHTOOL_A_CHANNELS_COMBINED_MAX},
    {channels("channels.rx", TopologyEffect::receive_queues, "Queues that only receive."),
     ETHTOOL_A_CHANNELS_RX_COUNT, count, ETHTOOL_A_CHANNELS_RX_MAX},
    {channels("channels.tx", TopologyEffect::send_queues, "Queues that only send."),
     ETHTOOL_A_CHANNELS_TX_COUNT, count, ETHTOOL_A_CHANNELS_TX_MAX},
    {channels("channels.other", TopologyEffect::none,
              "Interrupts for anything else, such as link changes."),
     ETHTOOL_A_CHANNELS_OTHER_COUNT, count, ETHTOOL_A_CHANNELS_OTHER_MAX},
};

// The kernel leaves a count out of its message where the device can have none of the kind.
Status channels_together(System& system, const std::string& device, const EthtoolNumbers& now,
                         const EthtoolNumbers& after) {
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

constexpr Tunable ring(std::string_view name, Domain domain, std::string_view summary) {
    return {.name = name,
            .domain = domain,
            .impact = Impact::drops_packets,
            .summary = summary,
            .resets_on_bus = lost_with_restart,
            .stops_datapath = true};
}

// Newer than the headers of some distributions; the kernel's own numbers.
constexpr std::uint16_t rings_rx_push = 14;
constexpr std::uint16_t rings_tx_push_buf_len = 15;
constexpr std::uint16_t rings_tx_push_buf_len_max = 16;
constexpr std::uint16_t rings_hds_thresh = 17;
constexpr std::uint16_t rings_hds_thresh_max = 18;

constexpr EthtoolRow ring_rows[] = {
    {ring("ring.rx", integer(0, largest_u32), "Packets that a receive queue holds."),
     ETHTOOL_A_RINGS_RX, count, ETHTOOL_A_RINGS_RX_MAX},
    {ring("ring.rx_mini", integer(0, largest_u32), "Small packets that a receive queue holds."),
     ETHTOOL_A_RINGS_RX_MINI, count, ETHTOOL_A_RINGS_RX_MINI_MAX},
    {ring("ring.rx_jumbo", integer(0, largest_u32), "Jumbo packets that a receive queue holds."),
     ETHTOOL_A_RINGS_RX_JUMBO, count, ETHTOOL_A_RINGS_RX_JUMBO_MAX},
    {ring("ring.tx", integer(0, largest_u32), "Packets that a transmit queue holds."),
     ETHTOOL_A_RINGS_TX, count, ETHTOOL_A_RINGS_TX_MAX},
    {ring("ring.rx_buf_len", integer(0, largest_u32, Unit::bytes),
          "Size of one buffer of a receive queue."),
     ETHTOOL_A_RINGS_RX_BUF_LEN},
    {ring("ring.tcp_data_split", choice("auto | off | on", "0 | 1 | 2"),
          "Put headers and data of TCP packets into separate buffers."),
     ETHTOOL_A_RINGS_TCP_DATA_SPLIT, 1},
    {ring("ring.hds_threshold", integer(0, largest_u32, Unit::bytes),
          "Packet size from which headers and data are separated."),
     rings_hds_thresh, count, rings_hds_thresh_max},
    {ring("ring.cqe_size", integer(0, largest_u32, Unit::bytes),
          "Size of one completion entry that the NIC writes."),
     ETHTOOL_A_RINGS_CQE_SIZE},
    {ring("ring.tx_push", flag(), "Write descriptors to the NIC instead of letting it fetch them."),
     ETHTOOL_A_RINGS_TX_PUSH, 1},
    {ring("ring.tx_push_buf_len", integer(0, largest_u32, Unit::bytes),
          "Bytes of a packet that are pushed along with its descriptor."),
     rings_tx_push_buf_len, count, rings_tx_push_buf_len_max},
    {ring("ring.rx_push", flag(), "Write receive descriptors to the NIC directly."), rings_rx_push,
     1},
};

// The partners agree on these again, for which the link goes down and up.
constexpr Tunable negotiated(std::string_view name, Domain domain, std::string_view summary,
                             std::string_view alias = {}) {
    return {.name = name,
            .domain = domain,
            .impact = Impact::bounces_link,
            .summary = summary,
            .alias = alias};
}

constexpr EthtoolRow pause_rows[] = {
    {negotiated("pause.autoneg", flag(), "Agree with the link partner on pause frames."),
     ETHTOOL_A_PAUSE_AUTONEG, 1},
    {negotiated("pause.rx", flag(), "Stop sending when the link partner asks for it."),
     ETHTOOL_A_PAUSE_RX, 1},
    {negotiated("pause.tx", flag(), "Ask the link partner to stop when the queues are full."),
     ETHTOOL_A_PAUSE_TX, 1},
};

constexpr EthtoolRow eee_rows[] = {
    {negotiated("eee.enabled", flag(), "Let an idle link sleep (Energy-Efficient Ethernet).",
                "eee.eee"),
     ETHTOOL_A_EEE_ENABLED, 1},
    {negotiated("eee.tx_lpi_enabled", flag(), "Let our side of the link sleep.", "eee.tx_lpi"),
     ETHTOOL_A_EEE_TX_LPI_ENABLED, 1},
    {negotiated("eee.tx_lpi_timer", integer(0, largest_u32, Unit::microseconds),
                "Idle time after which our side of the link sleeps.", "eee.tx_timer"),
     ETHTOOL_A_EEE_TX_LPI_TIMER},
};

constexpr EthtoolRow module_rows[] = {
    {{.name = "module.power_policy",
      .domain = choice("high | auto", "1 | 2"),
      .summary = "Whether the plugged transceiver may sleep while the device is down."},
     ETHTOOL_A_MODULE_POWER_MODE_POLICY,
     1},
};

constexpr EthtoolRow clock_rows[] = {
    {{.name = "timestamping.clock",
      .domain = integer(0, largest_s32),
      .summary = "Number of the NIC's own clock: 2 is /dev/ptp2.",
      .check_only = true},
     ETHTOOL_A_TSINFO_PHC_INDEX},
};

constexpr FileRow napi_rows[] = {
    {{.name = "napi.defer_hard_irqs",
      .domain = integer(0, largest_s32),
      .summary = "Empty polls after which the NIC's interrupt is enabled again.",
      .alias = "napi_defer_hard_irqs"},
     "/sys/class/net/{}/napi_defer_hard_irqs"},
    {{.name = "napi.gro_flush_timeout",
      .domain = integer(0, largest_s64, Unit::nanoseconds),
      .summary = "Time after which deferred packets are polled and handed up without an interrupt.",
      .alias = "gro_flush_timeout"},
     "/sys/class/net/{}/gro_flush_timeout"},
    {{.name = "napi.threaded",
      .domain = flag(),
      .summary = "Poll in a kernel thread a queue, which can be bound and prioritised.",
      .alias = "threaded"},
     "/sys/class/net/{}/threaded"},
};

constexpr std::int64_t most_queued = 1'879'048'192;  // the kernel's DQL_MAX_LIMIT

constexpr FileRow receive_steering[] = {
    {{.name = "rps.cpus",
      .domain = cpu_mask(),
      .summary = "CPUs to which this queue hands packets by their flow's hash (RPS)."},
     "/sys/class/net/{0}/queues/{1}/rps_cpus"},
    {{.name = "rps.flow_cnt",
      .domain = integer(0, std::int64_t{1} << 30),
      .summary = "Flows of this queue that follow their application's CPU (RFS)."},
     "/sys/class/net/{0}/queues/{1}/rps_flow_cnt"},
};

constexpr FileRow transmit_steering[] = {
    {{.name = "xps.cpus",
      .domain = cpu_mask(),
      .summary = "CPUs whose packets this queue sends (XPS); needs more than one queue."},
     "/sys/class/net/{0}/queues/{1}/xps_cpus"},
    {{.name = "xps.rxqs",
      .domain = queue_mask(),
      .summary = "Receive queues whose flows this queue answers (XPS)."},
     "/sys/class/net/{0}/queues/{1}/xps_rxqs"},
    {{.name = "bql.limit_max",
      .domain = integer(0, most_queued, Unit::bytes),
      .summary = "Most bytes that wait in this queue of the NIC (byte queue limits)."},
     "/sys/class/net/{0}/queues/{1}/byte_queue_limits/limit_max"},
    {{.name = "bql.limit_min",
      .domain = integer(0, most_queued, Unit::bytes),
      .summary = "Bytes that may always wait in this queue of the NIC."},
     "/sys/class/net/{0}/queues/{1}/byte_queue_limits/limit_min"},
    {{.name = "bql.hold_time",
      .domain = integer(0, largest_s32, Unit::milliseconds),
      .summary = "Time over which the limit between the two is learned."},
     "/sys/class/net/{0}/queues/{1}/byte_queue_limits/hold_time"},
};

// Checked: what decides them is the slot, the firmware or whoever made the VFs.
constexpr FileRow bus_rows[] = {
    {{.name = "pcie.power",
      .domain = choice("on | auto"),
      .summary = "Whether the device may sleep at run time (auto)."},
     "/sys/class/net/{}/device/power/control"},
    {{.name = "pcie.link_speed",
      .domain = text(),
      .summary = "Speed of the PCIe link, as sysfs prints it: \"8.0 GT/s PCIe\".",
      .check_only = true},
     "/sys/class/net/{}/device/current_link_speed"},
    {{.name = "pcie.link_width",
      .domain = integer(0, 32),
      .summary = "Lanes of the PCIe link that are in use.",
      .check_only = true},
     "/sys/class/net/{}/device/current_link_width"},
    {{.name = "sriov.numvfs",
      .domain = integer(0, 65535),
      .summary = "Virtual functions that the device is split into.",
      .check_only = true},
     "/sys/class/net/{}/device/sriov_numvfs"},
};

}  // namespace

static void define(PluginBuilder& nic) {
    constexpr BankPlace queues{.stage = Stage::queues, .discovery = discover::nics};
    constexpr BankPlace devices{.stage = Stage::devices, .discovery = discover::nics};

    nic.sections_select(Selector::device);
    nic.add<EthtoolBank>(EthtoolGroup{ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_MSG_CHANNELS_SET,
                                      channels_together, free_queues},
                         channel_rows, queues);
    nic.add<EthtoolBank>(EthtoolGroup{ETHTOOL_MSG_RINGS_GET, ETHTOOL_MSG_RINGS_SET}, ring_rows,
                         queues);
    // Before the devices, and so behind them on the way back: the kernel's own discipline goes by
    // the MTU and the queue length that it finds.
    nic.add<WordsBank>(sending_rows(), queues);
    nic.add<LinkBank>(link_rows, devices);
    nic.add<FeaturesBank>(devices);
    nic.add<EthtoolBank>(EthtoolGroup{ETHTOOL_MSG_COALESCE_GET, ETHTOOL_MSG_COALESCE_SET},
                         coalesce_rows, devices);
    nic.add<EthtoolBank>(EthtoolGroup{ETHTOOL_MSG_PAUSE_GET, ETHTOOL_MSG_PAUSE_SET}, pause_rows,
                         devices);
    nic.add<EthtoolBank>(EthtoolGroup{ETHTOOL_MSG_EEE_GET, ETHTOOL_MSG_EEE_SET}, eee_rows, devices);
    nic.add<WordsBank>(link_mode_rows(), devices);
    nic.add<PrivateFlagsBank>(devices);
    nic.add<EthtoolBank>(EthtoolGroup{ETHTOOL_MSG_MODULE_GET, ETHTOOL_MSG_MODULE_SET}, module_rows,
                         devices);
    nic.add<StampsBank>(devices);
    nic.add<EthtoolBank>(EthtoolGroup{ETHTOOL_MSG_TSINFO_GET, ETHTOOL_MSG_TSINFO_GET}, clock_rows,
                         devices);
    nic.add<WordsBank>(xdp_rows(), devices);
    nic.add<CountersBank>(devices);
    nic.add<DevlinkBank>(devices);
    nic.add<DriverBank>(BankPlace{Stage::devices, discover::nics_in_sysfs});
    nic.add<MulticastBank>(BankPlace{Stage::devices, discover::nics_in_sysfs});
    nic.add<FileBank>(bus_rows, BankPlace{Stage::devices, discover::nics_in_sysfs});
    // After the features: a veth polls only with GRO.
    nic.add<FileBank>(napi_rows, BankPlace{Stage::devices, discover::nics_in_sysfs});
    constexpr BankPlace by_queues{.stage = Stage::interrupts, .discovery = discover::nics};
    nic.add<ReceiveHashBank>(by_queues);
    nic.add<SpreadRule>(by_queues);
    nic.add<WordsBank>(flow_rule_rows(), by_queues);
    constexpr BankPlace receiving{.stage = Stage::interrupts, .discovery = discover::rx_queues};
    constexpr BankPlace sending{.stage = Stage::interrupts, .discovery = discover::tx_queues};
    nic.add<FileBank>(receive_steering, receiving);
    nic.add<FileBank>(transmit_steering, sending);
    nic.add<QueueCoalesceBank>(receive_coalesce_rows(), receiving);
    nic.add<QueueCoalesceBank>(transmit_coalesce_rows(), sending);
    nic.add<QueueNapiBank>(receiving);
}

}  // namespace nanotune::nic

NANOTUNE_PLUGIN("nic", "Queues, interrupt timing, offloads and steering of network devices.",
                nanotune::nic::define)
