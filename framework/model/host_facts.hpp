// What `doctor` judges a host by, as one value: how it is made, and what happened on it within a
// window. What could not be read is empty.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host_topology.hpp"

namespace nanotune {

/// How the host is to be looked at.
struct FactsRequest {
    std::chrono::milliseconds window{1000};
    /// An address to which the path's MTU is probed, with datagrams of UDP; "" for none.
    std::string peer = {};
    /// For everything but the window.
    std::chrono::milliseconds timeout{60'000};
};

/// A counter where the window begins and where it ends.
struct HostCounter {
    std::uint64_t before = 0;
    std::uint64_t now = 0;

    /// 0 for one that was set back in between.
    [[nodiscard]] std::uint64_t grown() const { return now > before ? now - before : 0; }
    friend bool operator==(const HostCounter&, const HostCounter&) = default;
};
using HostCounters = std::map<std::string, HostCounter, std::less<>>;

/// A CPU that is online.
struct CpuFacts {
    unsigned cpu = 0;
    double busy = 0;    ///< share of the window, 0 to 1; what another guest had is not in it
    double stolen = 0;  ///< share that the hypervisor gave to others
    std::string governor = {};
    std::uint64_t kilohertz = 0;  ///< at the window's end
    std::uint64_t most_kilohertz = 0;
    std::uint64_t allowed_kilohertz = 0;  ///< scaling_max_freq
    /// The deepest idle state that nothing forbids: its name, and its exit latency in us.
    std::string deepest_idle = {};
    std::uint64_t exit_latency = 0;
    friend bool operator==(const CpuFacts&, const CpuFacts&) = default;
};

/// An interrupt that came within the window.
struct InterruptFacts {
    std::string name;  ///< "41", "LOC"
    std::string action;
    std::map<unsigned, std::uint64_t> on;  ///< how often on which CPU
    friend bool operator==(const InterruptFacts&, const InterruptFacts&) = default;
};

/// A thread that ran or could have run at one of the window's ends, or used time in it.
struct TaskFacts {
    unsigned process = 0;
    unsigned thread = 0;
    std::string name;
    bool is_kernel = false;
    unsigned cpu = 0;  ///< that it was on last
    bool is_runnable = false;
    double seconds = 0;  ///< that it used in the window
    friend bool operator==(const TaskFacts&, const TaskFacts&) = default;
};

/// A link of PCIe as it is, and as the card could have it.
struct PcieFacts {
    std::string speed;  ///< "8.0 GT/s PCIe"
    std::string most_speed;
    unsigned width = 0;
    unsigned most_width = 0;
    friend bool operator==(const PcieFacts&, const PcieFacts&) = default;
};

/// A network device.
struct NicFacts {
    std::string name;
    std::string kind = {};    ///< "physical", "veth", ...
    std::string model = {};   ///< "8086:1521"
    std::string driver = {};  ///< with its firmware, where it says so
    unsigned mtu = 0;
    PcieFacts pcie = {};
    std::optional<unsigned> rx_ring = {};
    std::optional<unsigned> most_rx_ring = {};
    std::optional<unsigned> tx_ring = {};
    std::optional<unsigned> most_tx_ring = {};
    std::optional<bool> adaptive_rx = {};
    std::optional<unsigned> rx_usecs = {};
    std::optional<bool> sleeps_when_idle = {};               ///< EEE
    std::optional<bool> pauses = {};                         ///< it obeys pause frames
    std::map<std::string, bool, std::less<>> features = {};  ///< active, by the kernel's names
    std::vector<std::string> abilities = {};                 ///< "hardware clock", "native XDP"
    HostCounters counters = {};         ///< errors and drops alone: the kernel's, and the driver's
    HostCounters driver_counters = {};  ///< all that the driver has
    friend bool operator==(const NicFacts&, const NicFacts&) = default;
};

/// A datapath that runs.
struct DatapathFacts {
    std::string name;
    unsigned process = 0;
    CpuSet cpus;
    std::string device = {};
    std::map<unsigned, std::uint64_t> pages = {};  ///< of memory, by node
    HostCounters counters = {};
    friend bool operator==(const DatapathFacts&, const DatapathFacts&) = default;
};

/// What a probe of the path to a peer came to.
struct PathFacts {
    std::string peer;
    std::string device = {};   ///< that leads there
    unsigned device_mtu = 0;   ///< of the first link
    unsigned largest = 0;      ///< largest packet that is known to have arrived; 0: none
    unsigned told = 0;         ///< the MTU that a router told; 0: none did
    std::string told_by = {};  ///< its address
    std::string trouble = {};  ///< why nothing could be probed
    bool is_silent = false;    ///< the trouble is that the peer answers nothing
    friend bool operator==(const PathFacts&, const PathFacts&) = default;
};

struct HostFacts {
    HostTopology topology;
    double seconds = 0;          ///< the window as it came to be
    double counted_seconds = 0;  ///< within which counters have grown; 0: the window
    std::string processor = {};
    std::string kernel = {};
    bool is_virtual = false;
    bool is_root = false;
    double load = 0;  ///< average of a minute
    std::vector<CpuFacts> cpus = {};
    std::vector<InterruptFacts> interrupts = {};
    std::vector<TaskFacts> tasks = {};
    std::vector<NicFacts> nics = {};
    std::vector<DatapathFacts> datapaths = {};
    HostCounters softnet = {};  ///< "dropped", "squeezed"
    HostCounters network = {};  ///< "Udp.RcvbufErrors" of /proc/net/snmp and netstat
    std::string clocksource = {};
    std::vector<std::string> clocksources = {};
    std::string smt = {};            ///< "on", "off", "notsupported"
    std::optional<bool> turbo = {};  ///< whether frequencies above the nominal one are allowed
    std::optional<std::int64_t> realtime_runtime = {};  ///< sched_rt_runtime_us
    std::map<std::string, std::int64_t> sysctls = {};   ///< those that findings speak of
    std::vector<std::string> tools = {};  ///< programs that set what profiles set: "tuned (812)"
    std::optional<PathFacts> path = {};
    std::vector<std::string> unseen = {};  ///< what could not be looked at, and why
};

}  // namespace nanotune
