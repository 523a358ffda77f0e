// What the kernel sets along with a setting of the same target: a device's sizes for IPv4, and the
// slack of a thread's timers.
#include <cstdlib>

#include <linux/if_link.h>
#include <sched.h>

#include "support/kernel_habits.hpp"
#include "support/newer_attributes.hpp"

namespace nanotune::test {

namespace {

/// Up to what IPv4 can hold (GSO_LEGACY_MAX_SIZE), since Linux 6.3.
void give_to_ipv4(FakeHost& host, unsigned whole, unsigned of_ipv4) {
    host.on_write(link_number_cell("*", whole), [=](Edit& edit, const Write& write) {
        const std::size_t start = write.key.find(':') + 1;
        const std::string device = write.key.substr(start, write.key.find(':', start) - start);
        constexpr long long most_of_ipv4 = 65536;
        if (number_of(edit.cells(), write.key) <= most_of_ipv4) {
            edit.set(link_number_cell(device, of_ipv4), write.text);
        }
    });
}

bool is_realtime(const Cells& cells, const std::string& thread) {
    const auto policy =
        number_of(cells, task_cell(static_cast<unsigned>(std::stoul(thread)), "scheduling"));
    return policy == SCHED_FIFO || policy == SCHED_RR;
}

}  // namespace

void add_along_habits(FakeHost& host) {
    give_to_ipv4(host, IFLA_GSO_MAX_SIZE, gso_ipv4_max_size);
    give_to_ipv4(host, IFLA_GRO_MAX_SIZE, gro_ipv4_max_size);
    // A real-time thread has none, since Linux 6.12, and afterwards the default's.
    host.on_write("task:*:scheduling", [](Edit& edit, const Write& write) {
        const std::size_t start = write.key.find(':') + 1;
        const std::string thread = write.key.substr(start, write.key.find(':', start) - start);
        const std::string slack = "/proc/" + thread + "/timerslack_ns";
        if (is_realtime(edit.cells(), thread)) {
            edit.set(slack, "0");
        } else if (text_of(edit.cells(), slack) == "0") {
            edit.set(slack, "50000");
        }
    });
    host.adjust("/proc/*/timerslack_ns", [](const Cells& cells, const Write& write) {
        const std::size_t start = std::string_view("/proc/").size();
        const std::string thread = write.key.substr(start, write.key.find('/', start) - start);
        return is_realtime(cells, thread) ? std::string("0") : write.text;
    });
}

}  // namespace nanotune::test
