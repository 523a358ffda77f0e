#include "worker/system_calls.hpp"

#include <cerrno>
#include <cstdint>
#include <memory>

#include <sched.h>
#include <seccomp.h>
#include <sys/socket.h>

namespace nanotune::worker {

namespace {

constexpr int allowed[] = {
    // packets, by sockets that are open
    SCMP_SYS(recvmmsg), SCMP_SYS(sendmmsg), SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(read), SCMP_SYS(write),
    SCMP_SYS(close), SCMP_SYS(accept4), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_ctl), SCMP_SYS(shutdown),
    // routes and neighbours: a socket of its own for each question
    SCMP_SYS(bind), SCMP_SYS(getsockname), SCMP_SYS(setsockopt),
    // how full queues are, by sockets and files that are open
    SCMP_SYS(getsockopt), SCMP_SYS(pread64),
    // a thread's life and its memory
    SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(sched_setaffinity), SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq), SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mprotect), SCMP_SYS(madvise),
    SCMP_SYS(brk), SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    // signals and the end: also that of a crash, which is told by its own signal
    SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),
    SCMP_SYS(restart_syscall), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(tgkill), SCMP_SYS(exit),
    SCMP_SYS(exit_group)};

struct Release {
    void operator()(void* filter) const noexcept { seccomp_release(filter); }
};

using Filter = std::unique_ptr<void, Release>;

std::unexpected<Error> refused(int error) {
    return kernel_failure("leave the worker few system calls", -error);
}

}  // namespace

Status leave_few_system_calls(bool connects_again) {
    const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
    if (!filter) {
        return refused(-ENOMEM);
    }
    int error = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
    for (const int call : allowed) {
        if (error == 0) {
            error = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0);
        }
    }
    if (error == 0) {
        const scmp_arg_cmp of_netlink{
            .arg = 0, .op = SCMP_CMP_EQ, .datum_a = AF_NETLINK, .datum_b = 0};
        error = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, of_netlink);
    }
    if (error == 0 && connects_again) {
        error = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(connect), 0);
    }
    if (error == 0) {
        error = seccomp_load(filter.get());
    }
    return error == 0 ? Status() : refused(error);
}

Status leave_no_new_processes() {
    const Filter filter(seccomp_init(SCMP_ACT_ALLOW));
    if (!filter) {
        return refused(-ENOMEM);
    }
    const std::uint32_t denied = SCMP_ACT_ERRNO(EPERM);
    int error = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
    for (const int call : {SCMP_SYS(fork), SCMP_SYS(vfork)}) {
        if (error == 0) {
            error = seccomp_rule_add(filter.get(), denied, call, 0);
        }
    }
    if (error == 0) {
        const scmp_arg_cmp of_process{
            .arg = 0, .op = SCMP_CMP_MASKED_EQ, .datum_a = CLONE_THREAD, .datum_b = 0};
        error = seccomp_rule_add(filter.get(), denied, SCMP_SYS(clone), 1, of_process);
    }
    if (error == 0) {
        // Its flags are in memory, where no filter looks: the C library takes clone instead.
        error = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    }
    if (error == 0) {
        error = seccomp_load(filter.get());
    }
    return error == 0 ? Status() : refused(error);
}

}  // namespace nanotune::worker
