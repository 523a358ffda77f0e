// The kernel tells of programs and sockets; whose a descriptor is stands in /proc alone, and is
// only looked for where there is one.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <nanotune/owners.hpp>
#include <nanotune/words.hpp>

#include "bus_device.hpp"
#include "process_files.hpp"
#include "text.hpp"

namespace nanotune {
namespace {

/// The number of AF_XDP sockets of the namespace, by /proc/net/protocols; those of others' are
/// among them. Known where sock_diag is not built in.
long long open_xdp_sockets(Files& files) {
    using Words = std::vector<std::string_view>;
    const auto table = files.read("/proc/net/protocols");
    std::string_view rest = table ? std::string_view(*table) : std::string_view();
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, end);
        const auto words = line.starts_with("XDP") ? split_words(line) : Words();
        if (words.size() > 2 && words[0] == "XDP") {
            return decimal(words[2]).value_or(0);
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return 0;
}

struct Socket {
    XdpSocket bound;
    std::string holder;
    unsigned process = 0;
};

std::vector<Socket> xdp_sockets(System& system) {
    std::vector<Socket> sockets;
    const auto bound = system.links().xdp_sockets();
    if (!bound || bound->empty()) {
        return sockets;
    }
    std::map<std::string, std::vector<std::size_t>> wanted;
    for (const XdpSocket& one : *bound) {
        wanted[fmt::format("socket:[{}]", one.inode)].push_back(sockets.size());
        sockets.push_back({.bound = one, .holder = {}, .process = 0});
    }
    for_each_descriptor(system.files(), [&](const HeldFile& file) {
        if (const auto found = wanted.find(file.name); found != wanted.end()) {
            for (const std::size_t place : found->second) {
                sockets[place].holder = text_of(file.process);
                sockets[place].process =
                    static_cast<unsigned>(decimal(file.process.number).value_or(0));
            }
        }
    });
    return sockets;
}

std::string socket_text(const std::string& holder) {
    return holder.empty() ? "AF_XDP socket" : "AF_XDP socket of " + holder;
}

/// One line for each holder.
std::vector<NicOwner> owners_among(const std::vector<Socket>& sockets, unsigned device) {
    std::vector<NicOwner> owners;
    for (const Socket& socket : sockets) {
        if (socket.bound.device != device) {
            continue;
        }
        const std::string who = socket_text(socket.holder);
        const auto known = std::ranges::find(owners, who, &NicOwner::who);
        NicOwner& owner = known == owners.end()
                              ? owners.emplace_back(NicOwner{.who = who, .process = socket.process})
                              : *known;
        owner.queues.add(socket.bound.queue);
    }
    return owners;
}

/// Processes with one of these device files open.
std::vector<std::string> holders_of(Files& files, const std::vector<std::string>& names) {
    std::vector<std::string> holders;
    for_each_descriptor(files, [&](const HeldFile& file) {
        if (std::ranges::find(names, file.name) == names.end()) {
            return;
        }
        const std::string holder = text_of(file.process);
        if (std::ranges::find(holders, holder) == holders.end()) {
            holders.push_back(holder);
        }
    });
    return holders;
}

/// Onload does not say which of its cards a process uses.
std::vector<NicOwner> onload_owners(Files& files) {
    if (!files.exists("/dev/onload")) {
        return {};
    }
    std::vector<NicOwner> owners;
    for (const std::string& holder : holders_of(files, {"onload", "onload_epoll", "sfc_char"})) {
        owners.push_back({.who = "Onload: " + holder});
    }
    return owners;
}

using OwnersByDevice = std::map<std::string, std::vector<NicOwner>>;

/// Programs that have queues of a card by its verbs while the kernel drives it: DPDK, VMA and XLIO
/// on mlx5, RDMA.
OwnersByDevice verbs_owners(Files& files, std::span<const Candidate> nics) {
    std::map<std::string, std::vector<std::string>> devices;  // by the name of the card's file
    for (const Candidate& nic : nics) {
        if (nic.identity.bus.empty()) {
            continue;  // no card
        }
        const auto names = files.list("/sys/class/net/" + nic.device + "/device/infiniband_verbs");
        if (!names || !sysfs_shows(files, nic.device, nic.identity.index)) {
            continue;
        }
        for (const std::string& name : *names) {
            devices[name].push_back(nic.device);
        }
    }
    OwnersByDevice owners;
    if (devices.empty()) {
        return owners;
    }
    for_each_descriptor(files, [&](const HeldFile& file) {
        const auto found = devices.find(file.name);
        if (found == devices.end()) {
            return;
        }
        const NicOwner owner{.who = "verbs: " + text_of(file.process)};
        for (const std::string& device : found->second) {
            std::vector<NicOwner>& known = owners[device];
            if (std::ranges::find(known, owner) == known.end()) {
                known.push_back(owner);
            }
        }
    });
    return owners;
}

std::vector<NicOwner> programs_on(const Link& link) {
    std::vector<NicOwner> owners;
    owners.reserve(link.xdp.size());
    for (const XdpProgram& program : link.xdp) {
        owners.push_back(
            {.who = fmt::format("XDP program {} ({})", program.id, name_of(program.mode))});
    }
    return owners;
}

bool is_below(const Link& lower, const Link& upper) {
    return lower.index != upper.index &&
           (lower.master == upper.index || (upper.lower == lower.index && upper.kind != "veth"));
}

/// What is on the device, and on those below it.
void add_programs(const std::vector<Link>& links, const Link& link, std::size_t patience,
                  std::vector<NicOwner>& owners) {
    for (const Link& lower : links) {
        if (patience == 0 || !is_below(lower, link)) {
            continue;
        }
        for (NicOwner& owner : programs_on(lower)) {
            owner.who += " on " + lower.name + ", which is below";
            owners.push_back(std::move(owner));
        }
        add_programs(links, lower, patience - 1, owners);
    }
}

}  // namespace

std::string text_of(const NicOwner& owner) {
    return owner.queues.empty() ? owner.who
                                : fmt::format("{} on queue {}", owner.who, owner.queues.list());
}

unsigned unplaced_xdp_sockets(System& system) {
    if (system.links().xdp_sockets()) {
        return 0;
    }
    return static_cast<unsigned>(std::max(open_xdp_sockets(system.files()), 0LL));
}

std::vector<NicOwner> xdp_sockets_of(System& system, const std::string& device) {
    const std::vector<Socket> sockets = xdp_sockets(system);
    if (sockets.empty()) {
        return {};
    }
    const auto link = system.links().link(device);
    return link ? owners_among(sockets, link->index) : std::vector<NicOwner>();
}

std::map<std::string, std::vector<NicOwner>> observed_owners(System& system,
                                                             std::span<const Candidate> nics) {
    OwnersByDevice owners;
    const auto links = system.links().list();
    if (!links) {
        return owners;
    }
    const std::vector<Socket> sockets = xdp_sockets(system);
    const bool has_solarflare =
        std::ranges::any_of(nics, [](const Candidate& nic) { return nic.fact("driver") == "sfc"; });
    const auto onload = has_solarflare ? onload_owners(system.files()) : std::vector<NicOwner>();
    const OwnersByDevice by_verbs = verbs_owners(system.files(), nics);
    for (const Candidate& nic : nics) {
        const auto link = std::ranges::find(*links, nic.device, &Link::name);
        if (link == links->end()) {
            continue;
        }
        std::vector<NicOwner> found = programs_on(*link);
        add_programs(*links, *link, links->size(), found);
        std::ranges::move(owners_among(sockets, link->index), std::back_inserter(found));
        if (nic.fact("driver") == "sfc") {
            found.insert(found.end(), onload.begin(), onload.end());
        }
        if (const auto own = by_verbs.find(nic.device); own != by_verbs.end()) {
            found.insert(found.end(), own->second.begin(), own->second.end());
        }
        if (!found.empty()) {
            owners.emplace(nic.device, std::move(found));
        }
    }
    return owners;
}

}  // namespace nanotune
