#include "support/given_hardware.hpp"

#include <linux/ethtool_netlink.h>

#include "engine/host_topology.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/kernel_habits.hpp"

namespace nanotune::test::given {

namespace {

const std::string cpu_folder = "/sys/devices/system/cpu/";

void add_cache(FakeHost& host, unsigned cpu, const std::string& index, const std::string& type,
               const std::string& level_and_size, const CpuSet& shared) {
    const std::string folder =
        cpu_folder + "cpu" + std::to_string(cpu) + "/cache/index" + index + "/";
    host.with(folder + "type", type)
        .with(folder + "level", level_and_size.substr(0, 1))
        .with(folder + "size", level_and_size.substr(2))
        .with(folder + "shared_cpu_list", shared.list());
}

}  // namespace

void add_caches(FakeHost& host) {
    for (const std::string& key : keys_below(host.cells, "socket:")) {
        const CpuSet socket = cpus_in(host.cells, key);
        for (const unsigned cpu : socket.members()) {
            const CpuSet core = cpus_in(host.cells, "core:" + std::to_string(cpu));
            add_cache(host, cpu, "0", "Data", "1 32K", core);
            add_cache(host, cpu, "1", "Instruction", "1 32K", core);
            add_cache(host, cpu, "2", "Unified", "2 1280K", core);
            add_cache(host, cpu, "3", "Unified", "3 32M", socket);
        }
    }
}

void add_memory(FakeHost& host, unsigned node, unsigned mebibytes, unsigned huge_pages) {
    const std::string number = std::to_string(node);
    const std::string folder = "/sys/devices/system/node/node" + number + "/";
    const auto line = [&](const std::string& what, unsigned kibibytes) {
        return "Node " + number + " " + what + ":       " + std::to_string(kibibytes) + " kB";
    };
    host.with(folder + "meminfo", line("MemTotal", mebibytes * 1024) + "\n" +
                                      line("MemFree", mebibytes * 256) + "\n" +
                                      line("MemUsed", mebibytes * 768));
    host.with(folder + "hugepages/hugepages-2048kB/nr_hugepages", std::to_string(huge_pages))
        .with(folder + "hugepages/hugepages-2048kB/free_hugepages", huge_pages == 0 ? "0" : "1")
        .with(folder + "hugepages/hugepages-1048576kB/nr_hugepages", "0")
        .with(folder + "hugepages/hugepages-1048576kB/free_hugepages", "0");
}

void bind_interrupt(FakeHost& host, unsigned irq, const std::string& allowed,
                    const std::string& effective) {
    host.with(irq_file(irq, "smp_affinity_list"), allowed)
        .with(irq_file(irq, "effective_affinity_list"), effective);
}

void set_speed(FakeHost& host, const std::string& nic, unsigned mbps) {
    host.with(ethtool_cell(nic, ETHTOOL_MSG_LINKMODES_GET, ETHTOOL_A_LINKMODES_SPEED),
              std::to_string(mbps) + "/4");
}

HostTopology topology_of(FakeHost& host) {
    const FakeHost before = host;
    FakeSystem system(host);
    CallRunner calls([&system] { return system.another(); });
    Survey survey(calls);
    auto found = host_topology(survey);
    REQUIRE(found.has_value());
    CHECK(system.writes().empty());
    CHECK(difference(before, host) == no_difference);
    return *std::move(found);
}

}  // namespace nanotune::test::given
