// What a test says of a host's parts; everything left out is a plain small server.
#pragma once

#include <string>
#include <vector>

namespace nanotune::test {

struct CpuOptions {
    unsigned sockets = 1;  ///< one memory node each
    unsigned cores = 4;    ///< of each socket
    unsigned threads = 1;  ///< of each core; numbered as Linux does: first threads first
};

struct FrequencyOptions {
    std::string governor = "schedutil";
    std::string governors = "performance powersave schedutil";
    unsigned min_frequency = 800'000;  ///< kHz
    unsigned max_frequency = 3'200'000;
    std::string energy_preference = "balance_performance";
    bool intel = true;  ///< has intel_pstate; otherwise cpufreq/boost
};

struct NodeOptions {
    unsigned hugepages_2m = 0;
    unsigned hugepages_1g = 0;
};

struct NicOptions {
    std::string driver = "igb";
    unsigned queues = 4;
    int numa_node = 0;
    std::string kind = {};      ///< "veth", "vlan", ...: a device without a bus
    std::string over = {};      ///< the device below, or a veth's peer
    std::string master = {};    ///< its bond or bridge
    std::string altnames = {};  ///< separated by blanks
    std::string address = {};   ///< one of the host's addresses
    bool default_route = false;
    bool tells_queues = true;  ///< netdev netlink knows which interrupt serves which queue
    bool vf = false;
    unsigned mtu = 1500;
    unsigned index = 0;  ///< 0: the next
};

struct ThreadOptions {
    unsigned id = 0;
    std::string name = {};
};

struct ProcessOptions {
    unsigned pid = 0;
    std::string exe = "/usr/bin/feed";
    std::string unit = {};  ///< "feed.service"; empty: the session's
    unsigned uid = 0;
    unsigned start = 1000;                    ///< field 22 of /proc/PID/stat
    std::vector<ThreadOptions> threads = {};  ///< beside the main one
};

}  // namespace nanotune::test
