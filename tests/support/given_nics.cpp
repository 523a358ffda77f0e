// Network devices: physical ones on a PCI bus with queues, interrupts and every ethtool group, and
// virtual ones with what veth has.
#include <linux/if_link.h>

#include "support/given_ethtool.hpp"
#include "support/held.hpp"
#include "support/kernel_habits.hpp"
#include "support/newer_attributes.hpp"

namespace nanotune::test {

namespace {

/// What devlink and the bus tell of a card's functions.
void add_functions(FakeHost& host, const std::string& bus) {
    const std::string address = bus.substr(bus.rfind('/') + 1);
    host.with(devlink_cell("pci", address, "6:enable_roce:0"), "1")
        .with(devlink_cell("pci", address, "3:msix_vec_per_pf_max:1"), "32")
        .with(bus + "/sriov_numvfs", "0");
}

void add_bus(FakeHost& host, const std::string& name, const NicOptions& options, unsigned index) {
    const std::string bus = "/sys/devices/pci0000:00/0000:0" + std::to_string(index % 10) + ":00.0";
    const std::string folder = "/sys/class/net/" + name;
    host.with(bus + "/numa_node", std::to_string(options.numa_node))
        .with(bus + "/local_cpulist", host.text("socket:" + std::to_string(options.numa_node)))
        .with(bus + "/current_link_speed", "8.0 GT/s PCIe")
        .with(bus + "/max_link_speed", "8.0 GT/s PCIe")
        .with(bus + "/current_link_width", "8")
        .with(bus + "/max_link_width", "8")
        .with(bus + "/power/control", "on")
        .with(bus + "/net/", "")
        .with_symlink(folder + "/device", bus)
        .with_symlink(bus + "/driver", "/sys/bus/pci/drivers/" + options.driver)
        .with_symlink(bus + "/subsystem", "/sys/bus/pci")
        .with_symlink("/sys/bus/pci/drivers/" + options.driver + "/module",
                      "/sys/module/" + options.driver)
        .with("/sys/module/" + options.driver + "/parameters/debug", "-1");
    if (options.vf) {
        host.with_symlink(bus + "/physfn", "/sys/devices/pci0000:00/0000:00:00.0");
    }
}

void add_link(FakeHost& host, const std::string& name, const NicOptions& options, unsigned index) {
    const auto index_of = [&](const std::string& device) {
        return device.empty() ? "0" : host.text(link_cell(device, "index"));
    };
    host.with(link_cell(name, "index"), std::to_string(index))
        .with(link_cell(name, "kind"), options.kind)
        .with(link_cell(name, "mac"), "52:54:00:00:00:0" + std::to_string(index % 10))
        .with(link_cell(name, "burnt_in"), options.kind.empty() ? "1" : "0")
        .with(link_cell(name, "altnames"), options.altnames)
        .with(link_cell(name, "up"), "1")
        .with(link_cell(name, "carrier"), "1")
        .with(link_cell(name, "lower"), index_of(options.over))
        .with(link_cell(name, "master"), index_of(options.master))
        .with(link_cell(name, "tells_queues"), options.tells_queues ? "1" : "0")
        .with(link_number_cell(name, IFLA_MTU), std::to_string(options.mtu))
        .with(link_number_cell(name, IFLA_MIN_MTU), "68")
        .with(link_number_cell(name, IFLA_MAX_MTU), "9216")
        .with(link_number_cell(name, IFLA_TXQLEN), "1000")
        .with(link_number_cell(name, IFLA_GSO_MAX_SIZE), "65536")
        .with(link_number_cell(name, IFLA_GSO_MAX_SEGS), "65535")
        .with(link_number_cell(name, IFLA_GRO_MAX_SIZE), "65536")
        .with(link_number_cell(name, gso_ipv4_max_size), "65536")
        .with(link_number_cell(name, gro_ipv4_max_size), "65536")
        .with(link_number_cell(name, IFLA_TSO_MAX_SIZE), "262144")
        .with(link_number_cell(name, IFLA_TSO_MAX_SEGS), "65535")
        .with(qdisc_cell(name), "mq 0")
        .with(qdisc_cell(name) + ":default", "mq");
}

}  // namespace

FakeHost& FakeHost::with_nic(const std::string& name, const NicOptions& options) {
    unsigned index = 1;
    for (const std::string& key : keys_below(cells, "link:")) {
        index += key.ends_with(":index") ? 1 : 0;
    }
    index = options.index == 0 ? index : options.index;
    const std::string folder = "/sys/class/net/" + name + "/";
    add_link(*this, name, options, index);
    with(folder + "ifindex", std::to_string(index))
        .with(folder + "mtu", std::to_string(options.mtu))
        .with(folder + "tx_queue_len", "1000")
        .with(folder + "napi_defer_hard_irqs", "0")
        .with(folder + "gro_flush_timeout", "0")
        .with(folder + "threaded", "0")
        .with(folder + "flags", "0x1003")
        .with(folder + "statistics/rx_dropped", "0");
    if (options.kind.empty()) {
        add_bus(*this, name, options, index);
    }
    if (options.kind.empty() || options.kind == "veth") {
        add_ethtool(*this, name, options);
        if (options.kind.empty()) {
            add_functions(*this, held(followed(cells, folder + "device")));
        }
        Edit edit(cells);
        make_queues(edit, name);
    }
    if (is_folder(cells, "/proc/sys/net")) {
        with("/proc/sys/net/ipv4/conf/" + name + "/rp_filter", "0");
    }
    if (options.default_route) {
        with("route:default", text("route:default") + " " + name);
    }
    if (!options.address.empty()) {
        with("address:" + options.address, name);
    }
    return *this;
}

}  // namespace nanotune::test
