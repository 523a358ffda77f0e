#include "support/given_kernel_threads.hpp"

namespace nanotune::test::given {

namespace {

constexpr unsigned kernel_thread = 0x00200040;  // PF_KTHREAD | PF_FORKNOEXEC
constexpr unsigned bound = 0x04000000;          // PF_NO_SETAFFINITY

}  // namespace

FakeHost with_kernel_thread(FakeHost host, const std::string& name,
                            const KernelThreadOptions& options) {
    const std::string pid = std::to_string(options.pid);
    const std::string folder = "/proc/" + pid + "/";
    const std::string task = folder + "task/" + pid + "/";
    const std::string stat = pid + " (" + name + ") S 2 0 0 0 -1 " +
                             std::to_string(kernel_thread | (options.is_bound ? bound : 0U)) +
                             " 0 0 0 0 0 0 0 0 20 0 1 0 10 0 0 18446744073709551615 0 0 0";
    host.with(folder + "comm", name)
        .with(folder + "stat", stat)
        .with(folder + "status", "Name:\t" + name + "\nUid:\t0\t0\t0\t0")
        .with(folder + "cgroup", "0::/")
        .with(folder + "timerslack_ns", "50000")
        .with(task + "comm", name)
        .with(task + "stat", stat)
        .with(task_cell(options.pid, "scheduling"), "0 0 0 0")
        .with(task_cell(options.pid, "affinity"),
              options.cpus.empty() ? host.text("/sys/devices/system/cpu/online") : options.cpus);
    return options.is_bound ? host.with(task_cell(options.pid, "bound"), "1") : host;
}

FakeHost with_cgroup(FakeHost host, const std::string& path) {
    const std::string folder = "/sys/fs/cgroup/" + path + "/";
    return host.with("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids")
        .with(folder + "cgroup.procs", "")
        .with(folder + "cpuset.cpus", "")
        .with(folder + "cpuset.cpus.effective", host.text("/sys/devices/system/cpu/online"))
        .with(folder + "cpuset.mems", "")
        .with(folder + "cpuset.mems.effective", host.text("/sys/devices/system/node/online"))
        .with(folder + "cpuset.cpus.partition", "member");
}

}  // namespace nanotune::test::given
