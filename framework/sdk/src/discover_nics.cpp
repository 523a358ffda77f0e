// Network devices and their queues. One pass over rtnetlink, and a handful of sysfs reads for
// physical devices only: a host may have hundreds of virtual ones.
#include <algorithm>

#include <nanotune/discover.hpp>
#include <nanotune/numbers.hpp>

#include "bus_device.hpp"

namespace nanotune {

std::string bus_device_of(Files& files, const std::string& nic) {
    std::string device = "/sys/class/net/" + nic + "/device";
    const auto subsystem = files.link_name(device + "/subsystem");
    if (!subsystem) {
        return files.exists(device) ? device : std::string{};
    }
    if (*subsystem != "virtio") {
        return device;
    }
    const auto place = files.resolved(device);
    return place ? place->substr(0, place->rfind('/')) : device;
}

bool sysfs_shows(Files& files, const std::string& nic, unsigned index) {
    const auto shown = files.read("/sys/class/net/" + nic + "/ifindex");
    return shown && *shown == std::to_string(index);
}

namespace discover {
namespace {

std::string class_folder(const std::string& nic) {
    return "/sys/class/net/" + nic;
}

void add_bus_facts(System& system, const Link& link, Candidate& nic) {
    Files& files = system.files();
    const std::string folder = class_folder(link.name);
    const std::string bus = bus_device_of(files, link.name);
    if (bus.empty() || !sysfs_shows(files, link.name, link.index)) {
        nic.facts.emplace_back("kind", "physical");
        return;
    }
    const bool is_vf = files.exists(bus + "/physfn");
    nic.by_name_only = is_vf;
    nic.facts.emplace_back("kind", is_vf ? "vf" : "physical");
    if (auto driver = files.link_name(folder + "/device/driver")) {
        nic.facts.emplace_back("driver", *std::move(driver));
    }
    nic.identity.bus = files.resolved(bus).value_or("");
    if (const auto subsystem = files.link_name(bus + "/subsystem");
        subsystem && *subsystem == "pci") {
        nic.facts.emplace_back("pci", nic.identity.bus.substr(nic.identity.bus.rfind('/') + 1));
    }
    if (auto node = files.read(bus + "/numa_node"); node && *node != "-1") {
        nic.facts.emplace_back("numa_node", *std::move(node));
    }
    if (auto driver = system.ethtool().driver(link.name); driver && !driver->firmware.empty()) {
        nic.facts.emplace_back("firmware", std::move(driver->firmware));
    }
}

const Link* link_at(const std::vector<Link>& links, unsigned index) {
    const auto found = std::ranges::find(links, index, &Link::index);
    return index == 0 || found == links.end() ? nullptr : &*found;
}

bool is_below(const Link& lower, const Link& upper) {
    const bool is_member = lower.master == upper.index;
    const bool carries =
        upper.lower == lower.index && upper.kind != "veth";  // a veth's is its peer
    return lower.index != upper.index && (is_member || carries);
}

int depth_of(const std::vector<Link>& links, const Link& link, std::size_t patience) {
    int depth = 0;
    if (link.kind.empty() || patience == 0) {
        return depth;
    }
    for (const Link& lower : links) {
        if (is_below(lower, link)) {
            depth = std::max(depth, 1 + depth_of(links, lower, patience - 1));
        }
    }
    return depth;
}

struct Dependence {
    std::string device;
    std::string reason;
};

// Devices on which the upper one depends: what it is stacked on, or the card that a virtual
// function is a part of.
std::vector<std::string> below(System& system, const std::vector<Link>& links, const Link& upper) {
    if (upper.kind.empty()) {
        return system.files()
            .list(class_folder(upper.name) + "/device/physfn/net")
            .value_or(std::vector<std::string>{});
    }
    std::vector<std::string> names;
    for (const Link& lower : links) {
        if (is_below(lower, upper)) {
            names.push_back(lower.name);
        }
    }
    return names;
}

// Devices that the operator's reach depends on, those below them included.
Result<std::vector<Dependence>> management_of(System& system, const std::vector<Link>& links) {
    std::vector<Dependence> found;
    NT_TRY(const auto default_routes, system.links().default_route_devices());
    found.reserve(default_routes.size() + 1);
    for (const std::string& device : default_routes) {
        found.push_back({.device = device, .reason = "default route"});
    }
    if (const std::string address = system.session_address(); !address.empty()) {
        auto device = system.links().device_of_address(address);
        if (device) {
            found.push_back({.device = *std::move(device), .reason = "your session"});
        } else if (device.error().code != ErrorCode::not_found &&
                   device.error().code != ErrorCode::invalid) {
            return std::unexpected(std::move(device).error());
        }
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto upper = std::ranges::find(links, found[i].device, &Link::name);
        if (upper == links.end()) {
            continue;
        }
        for (const std::string& lower : below(system, links, *upper)) {
            if (std::ranges::find(found, lower, &Dependence::device) == found.end()) {
                const std::string reason = found[i].reason;
                found.push_back({.device = lower,
                                 .reason = reason.contains(" through ")
                                               ? reason
                                               : reason + " through " + upper->name});
            }
        }
    }
    return found;
}

/// Without its place on the bus.
DeviceIdentity identity_of(const Link& link) {
    return {.name = link.name,
            .index = link.index,
            .kind = link.kind,
            .address = link.mac,
            .is_burnt_in = link.is_mac_burnt_in,
            .lower = link.lower};
}

Candidate candidate_of(System& system, const std::vector<Link>& links, const Link& link) {
    Candidate nic{
        .target = Target::nic(link.name), .device = link.name, .identity = identity_of(link)};
    nic.facts.emplace_back("name", link.name);
    for (const std::string& altname : link.altnames) {
        nic.facts.emplace_back("altname", altname);
    }
    if (!link.mac.empty()) {
        nic.facts.emplace_back("mac", link.mac);
    }
    if (link.kind.empty()) {
        add_bus_facts(system, link, nic);
    } else {
        nic.facts.emplace_back("kind", link.kind);
        nic.facts.emplace_back("driver", link.kind);
        nic.by_name_only = true;
        nic.depth = depth_of(links, link, links.size());
    }
    if (const Link* master = link_at(links, link.master)) {
        nic.facts.emplace_back("master", master->name);
        if (master->kind == "bond" || master->kind == "team") {
            nic.facts.emplace_back("bond", master->name);
        }
    }
    return nic;
}

unsigned number_in(std::string_view queue) {
    return leading_number<unsigned>(queue.substr(queue.find('-') + 1)).value_or(0);
}

Result<std::vector<Candidate>> nics_among(System& system, const std::vector<Link>& links) {
    NT_TRY(const auto management, management_of(system, links));
    std::vector<Candidate> found;
    for (const Link& link : links) {
        if (link.is_loopback) {
            continue;
        }
        Candidate nic = candidate_of(system, links, link);
        for (const Dependence& dependence : management) {
            if (dependence.device == link.name) {
                nic.facts.emplace_back("management", dependence.reason);
            }
        }
        found.push_back(std::move(nic));
    }
    return found;
}

/// Of a NIC that sysfs shows.
std::vector<Candidate> queues_on(Files& files, const Candidate& nic, std::string_view direction) {
    auto names =
        files.list(class_folder(nic.device) + "/queues").value_or(std::vector<std::string>());
    std::erase_if(names, [&](const std::string& name) {
        return !name.starts_with(direction) || !name.substr(direction.size()).starts_with('-');
    });
    std::ranges::sort(names, {}, number_in);
    std::vector<Candidate> found;
    found.reserve(names.size());
    for (const std::string& name : names) {
        Candidate& queue = found.emplace_back(nic);
        queue.target = {.kind = std::string(direction) + "_queue", .name = nic.device + "/" + name};
        queue.ids = CpuSet::of(number_in(name));
        queue.facts.emplace_back("queue", std::to_string(number_in(name)));
    }
    return found;
}

std::vector<Candidate> queues_of(Files& files, const Candidate& nic, std::string_view direction) {
    return sysfs_shows(files, nic.device, nic.identity.index) ? queues_on(files, nic, direction)
                                                              : std::vector<Candidate>();
}

Result<std::vector<Candidate>> queues(System& system, std::string_view direction) {
    NT_TRY(const auto devices, nics_in_sysfs(system));
    std::vector<Candidate> found;
    for (const Candidate& nic : devices) {
        std::ranges::move(queues_on(system.files(), nic, direction), std::back_inserter(found));
    }
    return found;
}

}  // namespace

Result<std::vector<Candidate>> nics(System& system) {
    NT_TRY(const auto links, system.links().list());
    return nics_among(system, links);
}

Result<std::vector<DeviceIdentity>> devices_elsewhere(System& system) {
    NT_TRY(const auto links, system.links().elsewhere());
    std::vector<DeviceIdentity> devices;
    std::ranges::transform(links, std::back_inserter(devices), identity_of);
    return devices;
}

bool has_device(Files& files, const std::string& bus) {
    if (files.exists(bus + "/net")) {
        return true;
    }
    const auto below = files.list(bus);
    return below && std::ranges::any_of(*below, [&](const std::string& name) {
               return name.starts_with("virtio") && files.exists(bus + "/" + name + "/net");
           });
}

Result<std::vector<Candidate>> nics_in_sysfs(System& system) {
    NT_TRY(const auto links, system.links().list());
    NT_TRY(auto found, nics_among(system, links));
    std::erase_if(found, [&](const Candidate& nic) {
        const auto link = std::ranges::find(links, nic.device, &Link::name);
        return !sysfs_shows(system.files(), link->name, link->index);
    });
    return found;
}

Result<std::vector<Candidate>> rx_queues(System& system) {
    return queues(system, "rx");
}

Result<std::vector<Candidate>> tx_queues(System& system) {
    return queues(system, "tx");
}

Result<std::vector<Candidate>> rx_queues_of(System& system, const Candidate& nic) {
    return queues_of(system.files(), nic, "rx");
}

Result<std::vector<Candidate>> tx_queues_of(System& system, const Candidate& nic) {
    return queues_of(system.files(), nic, "tx");
}

}  // namespace discover
}  // namespace nanotune
