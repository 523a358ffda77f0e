// A kernel object that settings belong to, and what a profile can know it by.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nanotune/cpu_set.hpp>
#include <nanotune/device_identity.hpp>

namespace nanotune {

/// One kernel object. Two settings of one object have equal targets, however a profile named it.
struct Target {
    std::string kind;  ///< "host", "nic", "rx_queue", "cpu", "policy", "node", "irq", "thread", ...
    std::string name;  ///< "eth0", "eth0/rx-0", "3", "41", "1234:567890"; empty for the host

    static Target host() { return {"host", ""}; }
    static Target nic(std::string_view device) { return {"nic", std::string(device)}; }
    static Target cpu(unsigned number) { return {"cpu", std::to_string(number)}; }
    static Target node(unsigned number) { return {"node", std::to_string(number)}; }
    static Target irq(unsigned number) { return {"irq", std::to_string(number)}; }

    /// For people: "host", "eth0", "cpu3", "irq 41".
    [[nodiscard]] std::string text() const;
    /// The NIC that a NIC's or its queue's name begins with; "" for other kinds.
    [[nodiscard]] std::string_view device() const;
    friend auto operator<=>(const Target&, const Target&) = default;
};

/// A target that exists now, with what `match`, names, globs and number lists select it by.
struct Candidate {
    Target target;
    std::string device = {};       ///< the NIC it belongs to; empty where there is none
    DeviceIdentity identity = {};  ///< that NIC's
    CpuSet ids = {};               ///< CPU, node or queue numbers that it covers; empty where none
    /// name, driver, pci, mac, altname (repeated), numa_node, firmware, master, kind; for processes
    /// unit, exe, comm, user. `management` says why the operator depends on a NIC ("default
    /// route"), `bond` which bond or team it is a member of; `holds` which device a worker has for
    /// itself.
    std::vector<std::pair<std::string, std::string>> facts = {};
    int depth = 0;  ///< 0 for a device on nothing, 1 for one stacked on it (VLAN, bond), ...
    bool by_name_only = false;  ///< globs and whole-kind settings pass it by (a virtual device)

    [[nodiscard]] bool has_fact(std::string_view key, std::string_view value) const;
    [[nodiscard]] std::string_view fact(
        std::string_view key) const;  ///< the first; "" where absent
    /// A device that the kernel made of nothing, or of others: veth, VLAN, bond, tun.
    [[nodiscard]] bool is_virtual() const;
};

}  // namespace nanotune
