// Sockets, devices and what sits beside IP: sysctls of a Linux 6.x server, as they read after boot.
#include "support/sysctl_defaults.hpp"

namespace nanotune::test {

namespace {

// clang-format off
constexpr SysctlDefault network_defaults[] = {
    {"net/core/bpf_jit_enable", "1"},
    {"net/core/bpf_jit_harden", "0"},
    {"net/core/bpf_jit_kallsyms", "1"},
    {"net/core/bpf_jit_limit", "528482304"},
    {"net/core/busy_poll", "0"},
    {"net/core/busy_read", "0"},
    {"net/core/default_qdisc", "pfifo_fast"},
    {"net/core/dev_weight", "64"},
    {"net/core/dev_weight_rx_bias", "1"},
    {"net/core/dev_weight_tx_bias", "1"},
    {"net/core/devconf_inherit_init_net", "0"},
    {"net/core/fb_tunnels_only_for_init_net", "0"},
    {"net/core/flow_limit_cpu_bitmap", "0"},
    {"net/core/flow_limit_table_len", "4096"},
    {"net/core/gro_normal_batch", "8"},
    {"net/core/high_order_alloc_disable", "0"},
    {"net/core/max_skb_frags", "17"},
    {"net/core/mem_pcpu_rsv", "256"},
    {"net/core/message_burst", "10"},
    {"net/core/message_cost", "5"},
    {"net/core/netdev_budget", "300"},
    {"net/core/netdev_budget_usecs", "8000"},
    {"net/core/netdev_max_backlog", "1000"},
    {"net/core/netdev_tstamp_prequeue", "1"},
    {"net/core/netdev_unregister_timeout_secs", "10"},
    {"net/core/optmem_max", "20480"},
    {"net/core/rmem_default", "212992"},
    {"net/core/rmem_max", "212992"},
    {"net/core/rps_default_mask", "0"},
    {"net/core/rps_sock_flow_entries", "0"},
    {"net/core/skb_defer_max", "64"},
    {"net/core/somaxconn", "4096"},
    {"net/core/tstamp_allow_data", "1"},
    {"net/core/txrehash", "1"},
    {"net/core/warnings", "0"},
    {"net/core/wmem_default", "212992"},
    {"net/core/wmem_max", "212992"},
    {"net/core/xfrm_acq_expires", "30"},
    {"net/core/xfrm_aevent_etime", "10"},
    {"net/core/xfrm_aevent_rseqth", "2"},
    {"net/core/xfrm_larval_drop", "1"},
    {"net/netfilter/nf_conntrack_max", "262144"},
    {"net/netfilter/nf_conntrack_tcp_timeout_established", "432000"},
    {"net/unix/max_dgram_qlen", "512"},
};
// clang-format on

}  // namespace

std::span<const SysctlDefault> network_sysctls() {
    return network_defaults;
}

}  // namespace nanotune::test
