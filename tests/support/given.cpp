// The two hosts that tests start from.
#include "support/given.hpp"

#include "support/given_kernel_threads.hpp"
#include "support/kernel_habits.hpp"

namespace nanotune::test {

FakeHost& FakeHost::with_memory_files() {
    const std::string mm = "/sys/kernel/mm/";
    with(mm + "transparent_hugepage/enabled", "always [madvise] never")
        .with(mm + "transparent_hugepage/defrag", "always defer defer+madvise [madvise] never")
        .with(mm + "transparent_hugepage/shmem_enabled",
              "always within_size advise [never] deny force")
        .with(mm + "transparent_hugepage/use_zero_page", "1")
        .with(mm + "transparent_hugepage/khugepaged/defrag", "1")
        .with(mm + "transparent_hugepage/khugepaged/pages_to_scan", "4096")
        .with(mm + "transparent_hugepage/khugepaged/scan_sleep_millisecs", "10000")
        .with(mm + "transparent_hugepage/khugepaged/alloc_sleep_millisecs", "60000")
        .with(mm + "transparent_hugepage/khugepaged/max_ptes_none", "511")
        .with(mm + "ksm/run", "0")
        .with(mm + "ksm/merge_across_nodes", "1")
        .with(mm + "ksm/sleep_millisecs", "20")
        .with(mm + "ksm/pages_to_scan", "100")
        .with(mm + "numa/demotion_enabled", "false")
        .with(mm + "lru_gen/enabled", "0x0007");
    for (const char* size : {"2048", "1048576"}) {
        const std::string folder = mm + "hugepages/hugepages-" + size + "kB/";
        with(folder + "nr_hugepages", "0")
            .with(folder + "nr_overcommit_hugepages", "0")
            .with(folder + "free_hugepages", "0");
    }
    return with("/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet")
        .with("/sys/devices/system/clocksource/clocksource0/available_clocksource",
              "tsc hpet acpi_pm")
        .with("/sys/devices/virtual/workqueue/cpumask", text("/proc/irq/default_smp_affinity"))
        .with("/sys/devices/virtual/workqueue/writeback/cpumask",
              text("/proc/irq/default_smp_affinity"))
        .with("/sys/devices/system/machinecheck/machinecheck0/check_interval", "300")
        .with("/sys/devices/system/machinecheck/machinecheck0/ignore_ce", "0")
        .with("/sys/block/vda/queue/read_ahead_kb", "128")
        .with("/sys/block/loop0/queue/read_ahead_kb", "128")
        .with("/sys/module/tcp_cubic/parameters/hystart", "1");
}

namespace given {

FakeHost host() {
    FakeHost host;
    add_cpu_habits(host);
    add_irq_habits(host);
    add_nic_habits(host);
    add_mtu_habits(host);
    add_along_habits(host);
    add_file_habits(host);
    host.on_write(worker_cell("*"), [](Edit& edit, const Write& write) {
        if (write.text.empty()) {
            edit.erase(write.key);
        }
    });
    host.with_cpus({})
        .with("/proc/cmdline", "BOOT_IMAGE=/vmlinuz-6.1.0 root=/dev/vda1 ro quiet")
        .with("/etc/passwd",
              "root:x:0:0:root:/root:/bin/bash\nfeed:x:1000:1000::/home/feed:/bin/sh")
        .with("/proc/uptime", "1000.00 4000.00");
    const std::string loopback = "lo";
    return host.with(link_cell(loopback, "index"), "1")
        .with(link_cell(loopback, "loopback"), "1")
        .with(link_cell(loopback, "up"), "1");
}

FakeHost plain_host() {
    return host()
        .with_sysctl("vm.swappiness", "60")
        .with_sysctl("vm.dirty_ratio", "20")
        .with_sysctl("vm.stat_interval", "1");
}

FakeHost full_host() {
    FakeHost full = host();
    full.with_cpus({.sockets = 2, .cores = 2, .threads = 2})
        .with_cpufreq()
        .with("/sys/devices/system/cpu/amd_pstate/status", "active")
        .with("/sys/devices/system/cpu/cpufreq/boost", "1")
        .with_cpuidle()
        .with_node(0)
        .with_node(1)
        .with_sysctls()
        .with_memory_files()
        .with_nic("eth0", {.default_route = true})
        .with_nic("eth1", {.driver = "ice", .numa_node = 1, .tells_queues = false})
        .with_nic("veth0", {.queues = 2, .kind = "veth"})
        .with_nic("eth1.100", {.kind = "vlan", .over = "eth1"})
        .with_process("feed", {.pid = 1234,
                               .unit = "feed.service",
                               .uid = 1000,
                               .threads = {{1235, "rx-0"}, {1236, "rx-1"}}})
        .with_irqbalance()
        .with("/proc/net/dev_mcast", "2    eth0            1     0     01005e000001\n")
        .with("/proc/net/igmp",
              "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n"
              "2\teth0      :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n")
        .with_process("orders", {.pid = 2000, .exe = "/usr/bin/orders", .start = 2000});
    full.with(worker_cell("orders"),
              "runs\nbackend auto\nbyte_order 0\nchecksums verify\nconnections 1024\ncpus "
              "2\nenabled 0\nflows 2048\n"
              "idle_timeout 0\ninterface eth0\nlisten 192.0.2.1:8080\nlock_memory 1\n"
              "logic threshold\nprice 10000\npriority 0\nprotocol udp\nquantity 100\n"
              "respond sender\nrespond_by udp\nrestarts 5\nstart verified\nwhen_full half_open");
    const std::string idle = "/sys/devices/system/cpu/cpu0/cpuidle/state";
    full.with(idle + "4/name", "C2").with(idle + "4/disable", "0");
    full.with(idle + "5/name", "C3").with(idle + "5/disable", "0");
    full.with(idle + "6/name", "C10").with(idle + "6/disable", "0");
    const std::string legacy = "/sys/fs/cgroup/cpuset/legacy/";
    full.with(legacy + "cpuset.memory_migrate", "0")
        .with(legacy + "cpuset.cpus", "0-7")
        .with(legacy + "cpuset.mems", "0-1");
    full = with_kernel_thread(full, "kswapd0", {.pid = 50});
    full = with_kernel_thread(full, "ksoftirqd/3", {.pid = 51, .cpus = "3", .is_bound = true});
    full = with_cgroup(full, "orders.slice");
    full.with("/sys/fs/cgroup/orders.slice/cpuset.cpus", "6-7");
    return full;
}

}  // namespace given

}  // namespace nanotune::test
