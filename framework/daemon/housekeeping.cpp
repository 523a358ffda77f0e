#include "daemon/housekeeping.hpp"

#include <sched.h>

#include "system/storage/file_facts.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::size_t longest_list = 65'536;

std::string list_in(const char* file) {
    const auto text = file_head(file, longest_list);
    return text ? text->substr(0, text->find('\n')) : std::string();
}

/// What is no list, such as "(null)" where there is none, is empty.
CpuSet set_of(std::string_view list) {
    return CpuSet::from_list(list).value_or(CpuSet());
}

}  // namespace

CpuSet housekeeping_of(std::string_view online, std::string_view isolated,
                       std::string_view without_ticks) {
    return set_of(online) - set_of(isolated) - set_of(without_ticks);
}

void stay_on_housekeeping() {
    const CpuSet cpus = housekeeping_of(list_in("/sys/devices/system/cpu/online"),
                                        list_in("/sys/devices/system/cpu/isolated"),
                                        list_in("/sys/devices/system/cpu/nohz_full"));
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const unsigned cpu : cpus.members()) {
        if (cpu < CPU_SETSIZE) {
            CPU_SET(cpu, &set);
        }
    }
    if (CPU_COUNT(&set) > 0) {
        static_cast<void>(::sched_setaffinity(0, sizeof set, &set));
    }
}

}  // namespace nanotune::daemon
