// Real-time classes, which only a privileged thread may take.
#include <sched.h>
#include <unistd.h>

#include "support/catch.hpp"
#include "system/kernel_system.hpp"
#include "system/storage/child.hpp"

using namespace nanotune;

TEST_CASE("a thread takes a real-time class, and goes back", "[integration][tasks]") {
    const auto system = kernel_system("");
    if (!system->has(Capability::sys_nice)) {
        WARN("CAP_SYS_NICE is missing; nothing is checked");
        return;
    }
    CHECK(in_child(
        [&] {
            Tasks& tasks = system->tasks();
            const auto thread = static_cast<unsigned>(gettid());
            const auto before = tasks.scheduling(thread);
            if (!before) {
                return 1;
            }
            const Scheduling fifo{
                .policy = SCHED_FIFO, .priority = 80, .nice = 0, .flags = before->flags};
            if (!tasks.set_scheduling(thread, fifo)) {
                return 2;
            }
            if (tasks.scheduling(thread) != fifo) {
                return 3;
            }
            if (!tasks.set_scheduling(thread, *before)) {
                return 4;
            }
            return tasks.scheduling(thread) == before ? 0 : 5;
        },
        std::chrono::seconds(20)));
}

TEST_CASE("a session's address is what the program was told", "[integration]") {
    CHECK(kernel_system("192.0.2.1")->session_address() == "192.0.2.1");
    CHECK(kernel_system("")->session_address().empty());
}
