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

#include "arfs_bank.hpp"
#include "coalesce.hpp"
#include "counters_bank.hpp"
#include "devlink_bank.hpp"
#include "driver_bank.hpp"
#include "flow_rules.hpp"
#include "link_mode.hpp"
#include "mtu.hpp"
#include "multicast_bank.hpp"
#include "negotiated_rows.hpp"
#include "offload_bank.hpp"
#include "private_flags_bank.hpp"
#include "queue_coalesce_bank.hpp"
#include "queue_napi_bank.hpp"
#include "queue_rows.hpp"
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

// Newer than the headers of some distributions; the kernel's own numbers.
constexpr std::uint16_t gso_ipv4_max_size = 63;
constexpr std::uint16_t gro_ipv4_max_size = 64;

// Written in this order: one for IPv4 alone comes after the one that the kernel gives it, too.
constexpr LinkRow link_rows[] = {
    {{.name = "mtu",
      .domain = with_samples(integer(68, 65536), "1400 | 1300"),  // below 1280 IPv6 goes off
      .impact = Impact::drops_packets,
      .summary = "Bytes in the largest packet that the device sends, without its link header.",
      .resets_on_bus = lost_with_restart,
      .carries = "sysctl.net.ipv6.conf.{}.mtu",
      .along_stack = true,
      .pauses = datapaths},
     IFLA_MTU,
     IFLA_MIN_MTU,
     IFLA_MAX_MTU,
     takes_mtu},
    {{.name = "txqueuelen",
      .domain = integer(0, largest_s32),
      .summary = "Packets that the device's queueing discipline holds.",
      .alias = "tx_queue_len",
      .witness = {.label = "qlen"}},
     IFLA_TXQLEN},
    {{.name = "gso_max_size",
      .domain = integer(0, largest_u32, Unit::bytes),
      .summary = "Largest packet that the stack hands down to be cut by the NIC.",
      .carries = "nic.gso_ipv4_max_size"},
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
      .summary = "Largest packet that received ones are joined to.",
      .carries = "nic.gro_ipv4_max_size"},
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

constexpr Witness coalesce_witness = {.command = "ethtool --show-coalesce {}"};
constexpr Witness module_witness = {.command = "ethtool --show-module {}"};

constexpr EthtoolRow module_rows[] = {
    {{.name = "module.power_policy",
      .domain = choice("high | auto", "1 | 2"),
      .summary = "Whether the plugged transceiver may sleep while the device is down.",
      .witness = {.label = "power-mode-policy"}},
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
      .alias = "napi_defer_hard_irqs",
      .carries = "nic.per_queue.napi.defer_hard_irqs"},
     "/sys/class/net/{}/napi_defer_hard_irqs"},
    {{.name = "napi.gro_flush_timeout",
      .domain = integer(0, largest_s64, Unit::nanoseconds),
      .summary = "Time after which deferred packets are polled and handed up without an interrupt.",
      .alias = "gro_flush_timeout",
      .carries = "nic.per_queue.napi.gro_flush_timeout"},
     "/sys/class/net/{}/gro_flush_timeout"},
};

constexpr FileRow napi_thread_rows[] = {
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
      .summary = "Bytes that may always wait in this queue of the NIC.",
      .at_most = "nic.bql.limit_max"},
     "/sys/class/net/{0}/queues/{1}/byte_queue_limits/limit_min"},
    {{.name = "bql.hold_time",
      .domain = integer(0, largest_s32, Unit::milliseconds),
      .summary = "Time over which the limit between the two is learned."},
     "/sys/class/net/{0}/queues/{1}/byte_queue_limits/hold_time"},
};

// Checked, but for the power: what decides them is the slot, the firmware or whoever made the VFs.
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
    constexpr BankPlace in_sysfs{.stage = Stage::devices, .discovery = discover::nics_in_sysfs};

    nic.sections_select(Selector::device);
    nic.add<EthtoolBank>(EthtoolGroup{ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_MSG_CHANNELS_SET,
                                      channels_together, free_queues, channels_witness},
                         packed<channel_rows>, queues);
    nic.add<EthtoolBank>(
        EthtoolGroup{
            .get = ETHTOOL_MSG_RINGS_GET, .set = ETHTOOL_MSG_RINGS_SET, .witness = ring_witness},
        packed<ring_rows>, queues);
    // Before the devices, and so behind them on the way back: the kernel's own discipline goes by
    // the MTU and the queue length that it finds.
    nic.add<WordsBank>(sending_rows(), queues);
    nic.add<LinkBank>(packed<link_rows>, devices);
    nic.add<OffloadBank>(packed<napi_thread_rows>, devices);
    nic.add<EthtoolBank>(EthtoolGroup{.get = ETHTOOL_MSG_COALESCE_GET,
                                      .set = ETHTOOL_MSG_COALESCE_SET,
                                      .witness = coalesce_witness},
                         packed<coalesce_rows>, devices);
    nic.add<EthtoolBank>(
        EthtoolGroup{
            .get = ETHTOOL_MSG_PAUSE_GET, .set = ETHTOOL_MSG_PAUSE_SET, .witness = pause_witness},
        packed<pause_rows>, devices);
    nic.add<EthtoolBank>(
        EthtoolGroup{
            .get = ETHTOOL_MSG_EEE_GET, .set = ETHTOOL_MSG_EEE_SET, .witness = eee_witness},
        packed<eee_rows>, devices);
    nic.add<WordsBank>(link_mode_rows(), devices);
    nic.add<PrivateFlagsBank>(devices);
    nic.add<EthtoolBank>(EthtoolGroup{.get = ETHTOOL_MSG_MODULE_GET,
                                      .set = ETHTOOL_MSG_MODULE_SET,
                                      .witness = module_witness},
                         packed<module_rows>, devices);
    nic.add<StampsBank>(devices);
    nic.add<EthtoolBank>(EthtoolGroup{ETHTOOL_MSG_TSINFO_GET, ETHTOOL_MSG_TSINFO_GET},
                         packed<clock_rows>, devices);
    nic.add<WordsBank>(xdp_rows(), devices);
    nic.add<ArfsBank>(in_sysfs);
    nic.add<CountersBank>(in_sysfs);
    nic.add<DevlinkBank>(in_sysfs);
    nic.add<DriverBank>(in_sysfs);
    nic.add<MulticastBank>(in_sysfs);
    nic.add<FileBank>(packed<bus_rows>, in_sysfs);
    nic.add<FileBank>(packed<napi_rows>, in_sysfs);
    constexpr BankPlace by_queues{.stage = Stage::interrupts, .discovery = discover::nics};
    nic.add<ReceiveHashBank>(by_queues);
    nic.add<SpreadRule>(by_queues);
    nic.add<WordsBank>(flow_rule_rows(), by_queues);
    constexpr BankPlace receiving{.stage = Stage::interrupts, .discovery = discover::rx_queues};
    constexpr BankPlace sending{.stage = Stage::interrupts, .discovery = discover::tx_queues};
    nic.add<FileBank>(packed<receive_steering>, receiving);
    nic.add<FileBank>(packed<transmit_steering>, sending);
    nic.add<QueueCoalesceBank>(receive_coalesce_rows(), receiving);
    nic.add<QueueCoalesceBank>(transmit_coalesce_rows(), sending);
    nic.add<QueueNapiBank>(receiving);
}

}  // namespace nanotune::nic

NANOTUNE_PLUGIN("nic", "Queues, interrupt timing, offloads and steering of network devices.",
                nanotune::nic::define)
