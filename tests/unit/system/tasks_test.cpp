// The scheduler's view of this thread.
#include "system/tasks.hpp"

#include <cerrno>

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include "support/catch.hpp"
#include "system/capabilities.hpp"
#include "system/storage/child.hpp"

using namespace nanotune;
using namespace std::chrono_literals;

namespace {

constexpr unsigned nobody_has_it = 99'999'999;

unsigned own_thread() {
    return static_cast<unsigned>(gettid());
}

}  // namespace

TEST_CASE("a thread's scheduling can be read and set again", "[tasks]") {
    CHECK(in_child(
        [] {
            KernelTasks tasks;
            const auto before = tasks.scheduling(own_thread());
            if (!before || before->policy != SCHED_OTHER || before->priority != 0) {
                return 1;
            }
            Scheduling wanted = *before;
            wanted.policy = SCHED_BATCH;
            wanted.nice = before->nice + 1;
            if (!tasks.set_scheduling(own_thread(), wanted)) {
                return 2;
            }
            return tasks.scheduling(own_thread()) == wanted ? 0 : 3;
        },
        20s));
}

TEST_CASE("a thread can be bound to one of its CPUs, and back", "[tasks]") {
    CHECK(in_child(
        [] {
            KernelTasks tasks;
            const auto before = tasks.affinity(own_thread());
            if (!before || before->empty()) {
                return 1;
            }
            const CpuSet one = CpuSet::of(*before->last());
            if (!tasks.set_affinity(own_thread(), one) || tasks.affinity(own_thread()) != one) {
                return 2;
            }
            if (!tasks.set_affinity(own_thread(), *before)) {
                return 3;
            }
            return tasks.affinity(own_thread()) == *before ? 0 : 4;
        },
        20s));
}

TEST_CASE("a process's limit is set, and a soft one above the hard one is refused", "[tasks]") {
    CHECK(in_child(
        [] {
            rlimit before{};
            if (getrlimit(RLIMIT_NOFILE, &before) != 0 || before.rlim_max < 64) {
                return 1;
            }
            const ResourceLimit wanted{.soft = 64, .hard = before.rlim_max};
            if (!KernelTasks().set_limit(static_cast<unsigned>(getpid()), RLIMIT_NOFILE, wanted)) {
                return 2;
            }
            rlimit now{};
            return getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_cur == wanted.soft &&
                           now.rlim_max == wanted.hard
                       ? 0
                       : 3;
        },
        20s));
    const auto own = static_cast<unsigned>(getpid());
    const auto wrong = KernelTasks().set_limit(own, RLIMIT_NOFILE, {.soft = 2, .hard = 1});
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().message ==
          "prlimit of process " + std::to_string(own) + ": Invalid argument (EINVAL)");
}

TEST_CASE("CPUs that do not exist are refused by name", "[tasks]") {
    KernelTasks tasks;
    const CpuSet absent = CpuSet::range(8000, 8001);
    const Status status = tasks.set_affinity(own_thread(), absent);
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::refused);
    CHECK(status.error().message == "sched_setaffinity 8000-8001 of thread " +
                                        std::to_string(own_thread()) +
                                        ": Invalid argument (EINVAL)");
    CHECK_FALSE(tasks.set_affinity(own_thread(), {}));
}

TEST_CASE("a priority that a policy does not have is refused", "[tasks]") {
    const Status status = KernelTasks().set_scheduling(
        own_thread(), {.policy = SCHED_FIFO, .priority = 100, .nice = 0, .flags = 0});
    REQUIRE_FALSE(status);
    CHECK(status.error().kernel_errno == EINVAL);
}

TEST_CASE("a thread that is gone is not found", "[tasks]") {
    KernelTasks tasks;
    CHECK(tasks.scheduling(nobody_has_it).error().code == ErrorCode::not_found);
    CHECK(tasks.affinity(nobody_has_it).error().code == ErrorCode::not_found);
    CHECK(tasks.set_affinity(nobody_has_it, CpuSet::of(0)).error().code == ErrorCode::not_found);
    CHECK(tasks.set_scheduling(nobody_has_it, {}).error().code == ErrorCode::not_found);
    CHECK(tasks.set_limit(nobody_has_it, RLIMIT_CORE, {}).error().code == ErrorCode::not_found);
}

TEST_CASE("capabilities are those of the process", "[capabilities]") {
    if (geteuid() != 0) {
        CHECK_FALSE(Capabilities().has(Capability::net_admin));
        return;
    }
    CHECK(in_child(
        [] {
            constexpr uid_t nobody = 65534;
            if (!Capabilities().has(Capability::dac_override)) {
                return 1;
            }
            if (setresuid(nobody, nobody, nobody) != 0) {
                return 2;
            }
            return Capabilities().has(Capability::dac_override) ? 3 : 0;
        },
        20s));
}
