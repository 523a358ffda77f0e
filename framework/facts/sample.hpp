// What the kernel has counted so far, at one moment. Two of them make the facts of a window.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nanotune/system.hpp>

namespace nanotune::facts {

using Counts = std::map<std::string, std::uint64_t, std::less<>>;

/// Clock ticks of a CPU (/proc/stat).
struct CpuTicks {
    std::uint64_t all = 0;
    std::uint64_t idle = 0;  ///< with waiting for disks
    std::uint64_t stolen = 0;
};

struct Interrupt {
    std::string action;
    std::map<unsigned, std::uint64_t> on;
};

struct Thread {
    unsigned process = 0;
    std::string name;
    bool is_kernel = false;
    bool is_runnable = false;
    unsigned cpu = 0;
    std::uint64_t ticks = 0;
};

struct Sample {
    std::chrono::steady_clock::time_point at;
    std::map<unsigned, CpuTicks> cpus;
    std::map<std::string, Interrupt> interrupts;
    std::map<unsigned, Thread> threads;  ///< of the whole host, by their numbers
    Counts softnet;
    Counts network;
    std::map<std::string, Counts> nics;     ///< errors and drops
    std::map<std::string, Counts> drivers;  ///< of each NIC all that its driver counts
};

/// What cannot be read is not in it. `nics` are names of network devices.
[[nodiscard]] Sample sampled(System& system, const std::vector<std::string>& nics);

/// Of texts of the kernel's, for sampled().
[[nodiscard]] std::map<unsigned, CpuTicks> cpu_ticks(std::string_view proc_stat);
[[nodiscard]] std::map<std::string, Interrupt> interrupts_in(std::string_view proc_interrupts);
[[nodiscard]] Counts softnet_in(std::string_view softnet_stat);
/// "Udp: A B" with "Udp: 1 2" below it, as Udp.A and Udp.B.
[[nodiscard]] Counts pairs_in(std::string_view snmp);
/// Whether a driver's counter of this name is about something lost or broken.
[[nodiscard]] bool tells_of_loss(std::string_view name);

}  // namespace nanotune::facts
