// Processes with their threads, as /proc, the scheduler and the control groups show them.
#include "support/fake_host.hpp"

namespace nanotune::test {

namespace {

constexpr unsigned forked = 0x00400100;         // PF_RANDOMIZE | PF_SUPERPRIV
constexpr unsigned kernel_thread = 0x00200040;  // PF_KTHREAD | PF_FORKNOEXEC
constexpr unsigned bound = 0x04000000;          // PF_NO_SETAFFINITY

std::string stat_line(unsigned id, const std::string& name, unsigned start,
                      unsigned flags = forked) {
    return std::to_string(id) + " (" + name + ") S 1 1 1 0 -1 " + std::to_string(flags) +
           " 0 0 0 0 0 0 0 0 20 0 1 0 " + std::to_string(start) +
           " 52174848 4925 18446744073709551615 1 1 0 0 0 0 0 4096 1256 0 0 0 17 1 0 0 0 0 0";
}

// As Debian's kernel shows them of a service.
constexpr const char* limits_text =
    "Limit                     Soft Limit           Hard Limit           Units     \n"
    "Max cpu time              unlimited            unlimited            seconds   \n"
    "Max file size             unlimited            unlimited            bytes     \n"
    "Max data size             unlimited            unlimited            bytes     \n"
    "Max stack size            8388608              unlimited            bytes     \n"
    "Max core file size        0                    unlimited            bytes     \n"
    "Max resident set          unlimited            unlimited            bytes     \n"
    "Max processes             31431                31431                processes \n"
    "Max open files            1024                 524288               files     \n"
    "Max locked memory         8388608              8388608              bytes     \n"
    "Max address space         unlimited            unlimited            bytes     \n"
    "Max file locks            unlimited            unlimited            locks     \n"
    "Max pending signals       31431                31431                signals   \n"
    "Max msgqueue size         819200               819200               bytes     \n"
    "Max nice priority         0                    0                    \n"
    "Max realtime priority     0                    0                    \n"
    "Max realtime timeout      unlimited            unlimited            us        ";

void add_thread(FakeHost& host, unsigned pid, const ThreadOptions& thread,
                const ProcessOptions& options) {
    const std::string folder =
        "/proc/" + std::to_string(pid) + "/task/" + std::to_string(thread.id) + "/";
    host.with(folder + "comm", thread.name)
        .with(folder + "stat", stat_line(thread.id, thread.name, options.start))
        .with(folder + "status", "Name:\t" + thread.name)
        .with(task_cell(thread.id, "scheduling"), "0 0 0 0")
        .with("/proc/" + std::to_string(thread.id) + "/timerslack_ns", "50000")
        .with(task_cell(thread.id, "affinity"), host.text("/sys/devices/system/cpu/online"));
}

}  // namespace

FakeHost& FakeHost::with_process(const std::string& comm, const ProcessOptions& options) {
    const std::string folder = "/proc/" + std::to_string(options.pid) + "/";
    const std::string group =
        options.unit.empty() ? "/user.slice/session-1.scope" : "/system.slice/" + options.unit;
    const std::string uid = std::to_string(options.uid);
    with(folder + "comm", comm)
        .with(folder + "stat", stat_line(options.pid, comm, options.start))
        .with(folder + "status", "Name:\t" + comm + "\nUid:\t" + uid + "\t" + uid + "\t" + uid +
                                     "\t" + uid + "\nMems_allowed_list:\t0")
        .with(folder + "cmdline", options.exe + std::string(1, '\0'))
        .with(folder + "cgroup", "0::" + group)
        .with(folder + "limits", limits_text)
        .with(folder + "numa_maps", "")
        .with(options.exe, "")
        .with_symlink(folder + "exe", options.exe);
    const std::string group_folder = "/sys/fs/cgroup" + group + "/";
    with("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids")
        .with("/sys/fs/cgroup/cgroup.subtree_control", "cpuset cpu memory")
        .with(group_folder + "cgroup.controllers", "cpuset cpu memory")
        .with(group_folder + "cgroup.procs", std::to_string(options.pid))
        .with(group_folder + "cpuset.cpus", "")
        .with(group_folder + "cpuset.cpus.effective", text("/sys/devices/system/cpu/online"))
        .with(group_folder + "cpuset.mems", "")
        .with(group_folder + "cpuset.mems.effective", text("/sys/devices/system/node/online"));
    add_thread(*this, options.pid, {.id = options.pid, .name = comm}, options);
    for (const ThreadOptions& thread : options.threads) {
        add_thread(*this, options.pid, thread, options);
    }
    return *this;
}

FakeHost& FakeHost::with_irqbalance() {
    return with_process("irqbalance", {.pid = 700, .exe = "/usr/sbin/irqbalance"})
        .with("/run/irqbalance/irqbalance700.sock", "")
        .with("socket:/run/irqbalance/irqbalance700.sock", "");
}

}  // namespace nanotune::test
