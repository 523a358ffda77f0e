// Banks of the SDK's that tests of theirs share.
#pragma once

#include <linux/ethtool_netlink.h>
#include <linux/if_link.h>

#include <nanotune/discover.hpp>
#include <nanotune/ethtool_bank.hpp>
#include <nanotune/file_bank.hpp>
#include <nanotune/link_bank.hpp>

namespace nanotune::test::banks {

inline constexpr FileRow frequencies[] = {
    {{.name = "min", .domain = integer(0, 5'000'000)}, "/sys/policy{}/min"},
    {{.name = "max", .domain = integer(0, 5'000'000)}, "/sys/policy{}/max"},
};

inline constexpr FileRow steering[] = {
    {{.name = "rps.cpus", .domain = cpu_mask()}, "/sys/class/net/{0}/queues/{1}/rps_cpus"},
};

inline constexpr EthtoolRow rings[] = {
    {{.name = "ring.rx", .domain = integer(0, 65535)}, ETHTOOL_A_RINGS_RX},
    {{.name = "ring.tx", .domain = integer(0, 65535)}, ETHTOOL_A_RINGS_TX},
    {{.name = "ring.tx_push", .domain = flag()}, ETHTOOL_A_RINGS_TX_PUSH, 1},
};

inline constexpr LinkRow link_rows[] = {
    {{.name = "mtu", .domain = integer(68, 65536)}, IFLA_MTU},
    {{.name = "promiscuity", .domain = integer(0, 1)}, IFLA_PROMISCUITY},
};

inline constexpr BankPlace anywhere{.stage = Stage::host, .discovery = discover::host};

inline const Target policy{"policy", "0"};

inline FileBank frequency_bank() {
    return {frequencies, anywhere};
}

inline EthtoolBank ring_bank() {
    return {{ETHTOOL_MSG_RINGS_GET, ETHTOOL_MSG_RINGS_SET}, rings, anywhere};
}

inline LinkBank link_bank() {
    return {link_rows, anywhere};
}

}  // namespace nanotune::test::banks
