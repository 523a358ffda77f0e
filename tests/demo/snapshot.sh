# What other tools say about this network namespace and about the host, for comparing before with
# after. Sourced by bash.

# Every setting of the namespace's networking, as iproute2, ethtool and the kernel's files show it.
namespace_snapshot() {
    local devices=/sys/class/net
    ip -details link show
    ethtool --show-features '*' 2>/dev/null || true # of every device
    ethtool --show-channels '*' 2>/dev/null || true
    lines_of $devices/*/{threaded,gro_flush_timeout,napi_defer_hard_irqs,netdev_group} \
        $devices/*/queues/*/{rps_cpus,rps_flow_cnt,xps_cpus,xps_rxqs}
    files_below /proc/sys/net
}

# What a program could have changed on the host itself.
host_snapshot() {
    namespace_snapshot
    files_below /proc/sys/kernel /proc/sys/vm |
        grep --text --extended-regexp --invert-match \
            '/kernel/(random/|ns_last_pid|pty/nr|perf_)|/vm/stat_refresh'
    files_below /sys/devices/system/cpu/cpufreq /sys/kernel/mm/transparent_hugepage \
        /sys/kernel/mm/ksm |
        grep --text --extended-regexp --invert-match '_cur_freq|_avg_freq|/stats/|/ksm/[pfsg]|/khugepaged/(full_scans|pages_collapsed)' || true
    lines_of /proc/irq/default_smp_affinity /proc/irq/*/smp_affinity \
        /sys/devices/system/cpu/cpu*/{online,power/pm_qos_resume_latency_us}
    sort /proc/self/mountinfo
    ls -d /var/lib/nanotune /run/nanotune /etc/nanotune 2>/dev/null || true
}

# Each line of these files with its path; those that are not there are left out.
lines_of() {
    grep --text --no-messages --with-filename '' "$@" || true
}

files_below() {
    grep --text --no-messages --with-filename --recursive '' "$@" || true
}
