// A setting can be read, verified and put back. What cannot is turned away by name, before
// anything is touched.
#include "refusals.hpp"

#include <algorithm>
#include <cstddef>

#include <nanotune/packed.hpp>

namespace nanotune::sysctl {
namespace {

struct Refusal {
    RowText pattern;
    RowText reason;
};

template <typename With>
constexpr void each_text(Refusal& refusal, std::size_t at, const With& with) {
    with(refusal.pattern, at + offsetof(Refusal, pattern));
    with(refusal.reason, at + offsetof(Refusal, reason));
}

constexpr std::string_view action =
    "is an action: a write does something once and leaves nothing to verify or to put back";
constexpr std::string_view one_way = "cannot be taken back before the next boot";
constexpr std::string_view fact = "is a fact or a counter that the kernel keeps, not a setting";
constexpr std::string_view secret = "is a secret, which a profile never holds";
constexpr std::string_view spreads =
    "also rewrites the same setting of every interface, which could not be put back; set it for "
    "each interface";
constexpr std::string_view addresses =
    "takes the interface's IPv6 addresses away, which could not be put back";
constexpr std::string_view routes =
    "takes away the default route that an interface learned from a router, which could not be put "
    "back";
constexpr std::string_view twin = "is a second name of net.netfilter.nf_conntrack_max; set that";
constexpr std::string_view coarse_queue =
    "is unres_qlen_bytes in packets, and rounds it; set unres_qlen_bytes";
constexpr std::string_view coarse_time = "rounds its twin in milliseconds; set that, NAME_ms";
constexpr std::string_view dirty_pair =
    "sets its ratio to 0, which could not be put back; set memory.dirty_ratio or "
    "memory.dirty_background_ratio";
constexpr std::string_view overcommit_pair =
    "sets the other of overcommit_ratio and overcommit_kbytes to 0, which could not be put back";
constexpr std::string_view per_node =
    "spreads pages over the nodes as the kernel likes; set memory.hugepages of each node";

constexpr Refusal refusals[] = {
    {"vm.drop_caches", action},
    {"vm.compact_memory", action},
    {"vm.stat_refresh", action},
    {"net.ipv4.route.flush", action},
    {"net.ipv6.route.flush", action},
    {"fs.binfmt_misc.*", action},
    {"fs.xfs.stats_clear", action},

    {"kernel.modules_disabled", one_way},
    {"kernel.kexec_load_disabled", one_way},
    {"kernel.kexec_load_limit_panic", one_way},
    {"kernel.kexec_load_limit_reboot", one_way},
    {"kernel.loadpin.enforce", one_way},
    {"kernel.max_rcu_stall_to_panic", one_way},
    {"kernel.tainted", one_way},
    {"kernel.usermodehelper.*", one_way},
    {"net.netfilter.nf_hooks_lwtunnel", one_way},

    {"kernel.random.*", fact},
    {"kernel.ns_last_pid", fact},
    {"kernel.pty.nr", fact},
    {"kernel.hung_task_detect_count", fact},
    {"kernel.hung_task_warnings", fact},
    {"kernel.msg_next_id", fact},
    {"kernel.sem_next_id", fact},
    {"kernel.shm_next_id", fact},
    {"kernel.arch", fact},
    {"kernel.osrelease", fact},
    {"kernel.ostype", fact},
    {"kernel.version", fact},
    {"kernel.cap_last_cap", fact},
    {"kernel.ngroups_max", fact},
    {"kernel.bootloader_type", fact},
    {"kernel.bootloader_version", fact},
    {"kernel.core_modes", fact},
    {"kernel.seccomp.actions_avail", fact},
    {"fs.file-nr", fact},
    {"fs.inode-nr", fact},
    {"fs.inode-state", fact},
    {"fs.dentry-state", fact},
    {"fs.aio-nr", fact},
    {"fs.quota.*", fact},
    {"net.core.netdev_rss_key", fact},
    {"net.ipv4.tcp_available_congestion_control", fact},
    {"net.ipv4.tcp_available_ulp", fact},
    {"net.ipv4.tcp_ehash_entries", fact},
    {"net.ipv4.udp_hash_entries", fact},
    {"net.ipv4.conf.*.mc_forwarding", fact},
    {"net.ipv6.conf.*.mc_forwarding", fact},
    {"net.mptcp.available_path_managers", fact},
    {"net.mptcp.available_schedulers", fact},
    {"net.netfilter.nf_conntrack_count", fact},

    {"net.ipv4.tcp_fastopen_key", secret},
    {"net.ipv6.conf.*.stable_secret", secret},

    {"net.ipv4.ip_forward", spreads},
    {"net.ipv4.conf.all.forwarding", spreads},
    {"net.ipv6.conf.all.addr_gen_mode", spreads},
    {"net.ipv6.conf.all.force_forwarding", spreads},
    {"net.ipv6.conf.all.ignore_routes_with_linkdown", spreads},
    {"net.ipv6.conf.*.disable_ipv6", addresses},
    {"net.ipv6.conf.*.forwarding", routes},

    {"net.ipv4.neigh.*.unres_qlen", coarse_queue},
    {"net.ipv6.neigh.*.unres_qlen", coarse_queue},
    {"net.ipv4.neigh.*.base_reachable_time", coarse_time},
    {"net.ipv6.neigh.*.base_reachable_time", coarse_time},
    {"net.ipv4.neigh.*.retrans_time", coarse_time},
    {"net.ipv6.neigh.*.retrans_time", coarse_time},
    {"net.ipv4.route.gc_min_interval", coarse_time},
    {"net.ipv6.route.gc_min_interval", coarse_time},

    {"vm.dirty_bytes", dirty_pair},
    {"vm.dirty_background_bytes", dirty_pair},
    {"vm.overcommit_ratio", overcommit_pair},
    {"vm.overcommit_kbytes", overcommit_pair},
    {"vm.nr_hugepages", per_node},
    {"vm.nr_hugepages_mempolicy", per_node},
    {"net.nf_conntrack_max", twin},
};

constexpr std::string_view commands[] = {"kernel.hotplug", "kernel.modprobe",
                                         "kernel.poweroff_cmd"};

}  // namespace

std::optional<std::string_view> refusal_of(const SysctlName& name) {
    const auto* const found = std::ranges::find_if(packed<refusals>, [&](const Refusal& refusal) {
        return name.may_end_as(refusal.pattern) && name.fits(refusal.pattern);
    });
    return found == std::end(packed<refusals>) ? std::nullopt : std::optional(found->reason.view());
}

bool is_command(const SysctlName& name) {
    return std::ranges::any_of(commands, [&](std::string_view each) { return name.fits(each); });
}

}  // namespace nanotune::sysctl
