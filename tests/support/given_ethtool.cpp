#include "support/given_ethtool.hpp"

#include <linux/ethtool_netlink.h>

namespace nanotune::test {

namespace {

struct EthtoolDefault {
    unsigned command;
    unsigned attribute;
    unsigned number;
    unsigned width;
};

// Attributes newer than the installed headers by their number in linux/ethtool_netlink.h.
constexpr unsigned rings_tx_push_buf_len = 15;
constexpr unsigned rings_tx_push_buf_len_max = 16;
constexpr unsigned rings_hds_threshold = 17;
constexpr unsigned rings_hds_threshold_max = 18;
constexpr unsigned coalesce_last = 28;

constexpr unsigned most_queues = 8;

constexpr EthtoolDefault physical[] = {
    {ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX_MAX, 4096, 4},
    {ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX_MINI_MAX, 2048, 4},
    {ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX_JUMBO_MAX, 2048, 4},
    {ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_TX_MAX, 4096, 4},
    {ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX, 512, 4},
    {ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX_MINI, 256, 4},
    {ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX_JUMBO, 256, 4},
    {ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_TX, 512, 4},
    {ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX_BUF_LEN, 2048, 4},
    {ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_TCP_DATA_SPLIT, 1, 1},
    {ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_CQE_SIZE, 64, 4},
    {ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_TX_PUSH, 0, 1},
    {ETHTOOL_MSG_RINGS_GET, 14, 0, 1},  // RX_PUSH
    {ETHTOOL_MSG_RINGS_GET, rings_tx_push_buf_len, 96, 4},
    {ETHTOOL_MSG_RINGS_GET, rings_hds_threshold, 256, 4},
    {ETHTOOL_MSG_RINGS_GET, rings_hds_threshold_max, 1023, 4},
    {ETHTOOL_MSG_RINGS_GET, rings_tx_push_buf_len_max, 256, 4},
    {ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_A_CHANNELS_COMBINED_MAX, 8, 4},
    {ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_A_CHANNELS_OTHER_MAX, 1, 4},
    {ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_A_CHANNELS_OTHER_COUNT, 1, 4},
    {ETHTOOL_MSG_PAUSE_GET, ETHTOOL_A_PAUSE_AUTONEG, 1, 1},
    {ETHTOOL_MSG_PAUSE_GET, ETHTOOL_A_PAUSE_RX, 1, 1},
    {ETHTOOL_MSG_PAUSE_GET, ETHTOOL_A_PAUSE_TX, 1, 1},
    {ETHTOOL_MSG_EEE_GET, ETHTOOL_A_EEE_ACTIVE, 0, 1},
    {ETHTOOL_MSG_EEE_GET, ETHTOOL_A_EEE_ENABLED, 1, 1},
    {ETHTOOL_MSG_EEE_GET, ETHTOOL_A_EEE_TX_LPI_ENABLED, 1, 1},
    {ETHTOOL_MSG_EEE_GET, ETHTOOL_A_EEE_TX_LPI_TIMER, 17, 4},
    {ETHTOOL_MSG_LINKMODES_GET, ETHTOOL_A_LINKMODES_AUTONEG, 1, 1},
    {ETHTOOL_MSG_LINKMODES_GET, ETHTOOL_A_LINKMODES_SPEED, 10000, 4},
    {ETHTOOL_MSG_LINKMODES_GET, ETHTOOL_A_LINKMODES_DUPLEX, 1, 1},
    {ETHTOOL_MSG_FEC_GET, ETHTOOL_A_FEC_AUTO, 0, 1},
    {ETHTOOL_MSG_MODULE_GET, ETHTOOL_A_MODULE_POWER_MODE_POLICY, 2, 1},
    {ETHTOOL_MSG_TSINFO_GET, ETHTOOL_A_TSINFO_PHC_INDEX, 0, 4},
};

constexpr const char* features_on[] = {"rx-checksum",
                                       "tx-checksum-ip-generic",
                                       "tx-scatter-gather",
                                       "tx-tcp-segmentation",
                                       "tx-tcp6-segmentation",
                                       "tx-tcp-ecn-segmentation",
                                       "tx-tcp-mangleid-segmentation",
                                       "tx-generic-segmentation",
                                       "rx-gro",
                                       "rx-hashing",
                                       "rx-vlan-hw-parse",
                                       "tx-vlan-hw-insert",
                                       "rx-vlan-filter",
                                       "tx-udp-segmentation",
                                       "tx-gre-segmentation",
                                       "tx-gre-csum-segmentation",
                                       "tx-ipxip4-segmentation",
                                       "tx-ipxip6-segmentation",
                                       "tx-udp_tnl-segmentation",
                                       "tx-udp_tnl-csum-segmentation",
                                       "tx-gso-partial",
                                       "tx-sctp-segmentation",
                                       "tx-checksum-sctp"};
constexpr const char* features_off[] = {"rx-lro",
                                        "rx-gro-hw",
                                        "rx-gro-list",
                                        "rx-udp-gro-forwarding",
                                        "rx-ntuple-filter",
                                        "rx-udp_tunnel-port-offload",
                                        "rx-all",
                                        "rx-fcs",
                                        "hw-tc-offload",
                                        "loopback",
                                        "tx-nocache-copy",
                                        "tx-checksum-ipv4",
                                        "tx-checksum-ipv6",
                                        "tx-checksum-fcoe-crc",
                                        "tx-fcoe-segmentation",
                                        "tx-gso-robust",
                                        "tx-gso-list",
                                        "tx-tunnel-remcsum-segmentation",
                                        "tx-esp-segmentation",
                                        "tx-lockless",
                                        "tx-tcp-accecn-segmentation",
                                        "tx-udp-fragmentation",
                                        "esp-hw-offload",
                                        "esp-tx-csum-hw-offload",
                                        "tls-hw-tx-offload",
                                        "tls-hw-rx-offload",
                                        "tls-hw-record",
                                        "rx-vlan-stag-hw-parse",
                                        "rx-vlan-stag-filter",
                                        "tx-vlan-stag-hw-insert",
                                        "l2-fwd-offload",
                                        "macsec-hw-offload",
                                        "hsr-tag-ins-offload",
                                        "hsr-tag-rm-offload",
                                        "hsr-fwd-offload",
                                        "hsr-dup-offload",
                                        "fcoe-mtu",
                                        "netns-local",
                                        "vlan-challenged",
                                        "tx-scatter-gather-fraglist",
                                        "highdma"};
constexpr const char* features_fixed[] = {"netns-local", "vlan-challenged", "highdma",
                                          "tx-lockless"};

void add_messages(FakeHost& host, const std::string& name, const NicOptions& options) {
    const auto put = [&](const EthtoolDefault& each) {
        host.with(ethtool_cell(name, each.command, each.attribute),
                  std::to_string(each.number) + "/" + std::to_string(each.width));
    };
    if (!options.kind.empty()) {
        for (const unsigned attribute :
             {ETHTOOL_A_CHANNELS_RX_MAX, ETHTOOL_A_CHANNELS_TX_MAX, ETHTOOL_A_CHANNELS_RX_COUNT,
              ETHTOOL_A_CHANNELS_TX_COUNT}) {
            const bool is_maximum = attribute < ETHTOOL_A_CHANNELS_RX_COUNT;
            put({ETHTOOL_MSG_CHANNELS_GET, attribute, is_maximum ? 8 : options.queues, 4});
        }
        return;
    }
    for (const EthtoolDefault& each : physical) {
        put(each);
    }
    put({ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_A_CHANNELS_COMBINED_COUNT, options.queues, 4});
    for (unsigned attribute = ETHTOOL_A_COALESCE_RX_USECS; attribute <= coalesce_last;
         ++attribute) {
        const bool is_flag = attribute == ETHTOOL_A_COALESCE_USE_ADAPTIVE_RX ||
                             attribute == ETHTOOL_A_COALESCE_USE_ADAPTIVE_TX ||
                             attribute == ETHTOOL_A_COALESCE_USE_CQE_MODE_RX ||
                             attribute == ETHTOOL_A_COALESCE_USE_CQE_MODE_TX;
        put({ETHTOOL_MSG_COALESCE_GET, attribute, is_flag ? 1U : 32U, is_flag ? 1U : 4U});
    }
}

void add_link_modes(FakeHost& host, const std::string& name) {
    const auto bit = [&](unsigned command, unsigned attribute, const char* what, const char* is) {
        host.with(bit_cell(name, command, attribute, what), is);
    };
    for (const char* mode : {"100baseT/Full", "1000baseT/Full", "10000baseT/Full", "TP"}) {
        bit(ETHTOOL_MSG_LINKMODES_GET, ETHTOOL_A_LINKMODES_OURS, mode, "1");
    }
    bit(ETHTOOL_MSG_FEC_GET, ETHTOOL_A_FEC_MODES, "None", "1");
    bit(ETHTOOL_MSG_FEC_GET, ETHTOOL_A_FEC_MODES, "RS", "0");
    bit(ETHTOOL_MSG_FEC_GET, ETHTOOL_A_FEC_MODES, "BASER", "0");
    bit(ETHTOOL_MSG_FEC_GET, ETHTOOL_A_FEC_MODES, "LLRS", "0");
    bit(ETHTOOL_MSG_PRIVFLAGS_GET, ETHTOOL_A_PRIVFLAGS_FLAGS, "legacy-rx", "0");
    bit(ETHTOOL_MSG_PRIVFLAGS_GET, ETHTOOL_A_PRIVFLAGS_FLAGS, "rx_cqe_moder", "1");
}

/// What is asked by ioctl, not by message.
void add_ioctls(FakeHost& host, const std::string& name) {
    host.with(stamps_cell(name, "tx"), "0")
        .with(stamps_cell(name, "rx"), "0")
        .with(flow_cell(name, "rules"), "any")
        .with("firmware:" + name, "3.25 0x800005cf")
        .with(counter_cell(name, "rx_no_buffer_count"), "0")
        .with(counter_cell(name, "rx_queue_0_packets"), "12");
    constexpr unsigned last_of_queues = ETHTOOL_A_COALESCE_USE_ADAPTIVE_TX;
    for (unsigned queue = 0; queue < most_queues; ++queue) {
        for (unsigned attribute = ETHTOOL_A_COALESCE_RX_USECS; attribute <= last_of_queues;
             ++attribute) {
            const bool is_flag = attribute >= ETHTOOL_A_COALESCE_USE_ADAPTIVE_RX;
            host.with(queue_coalesce_cell(name, queue, attribute), is_flag ? "1" : "32");
        }
    }
}

/// The table is made with the queues.
void add_receive_hash(FakeHost& host, const std::string& name) {
    host.with(rss_cell(name, "table"), "0")
        .with(rss_cell(name, "key"), "6d 5a 56 da 25 5b 0e c2 41 67")
        .with(rss_cell(name, "function"), "1");
}

void add_features(FakeHost& host, const std::string& name) {
    for (const char* feature : features_on) {
        host.with(feature_cell(name, feature), "on on");
    }
    for (const char* feature : features_off) {
        host.with(feature_cell(name, feature), "off off");
    }
    for (const char* feature : features_fixed) {
        host.with(feature_cell(name, feature), "off off fixed");
    }
}

}  // namespace

void add_ethtool(FakeHost& host, const std::string& name, const NicOptions& options) {
    add_messages(host, name, options);
    add_features(host, name);
    if (options.kind.empty()) {
        add_receive_hash(host, name);
        add_link_modes(host, name);
        add_ioctls(host, name);
    }
}

}  // namespace nanotune::test
