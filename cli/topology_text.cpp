#include "topology_text.hpp"

#include <utility>

#include <fmt/format.h>

#include "text.hpp"
#include "topology_cores.hpp"
#include "topology_nics.hpp"

namespace nanotune::cli {

namespace {

constexpr std::size_t usual_width = 80;

/// Draws into one table, so that the columns of all NICs stand below one another.
class Picture {
  public:
    Picture(const HostTopology& host, std::size_t width)
        : host_(host),
          hardware_(host.hardware),
          topology_(host.hardware.topology),
          width_(width == 0 ? usual_width : width) {}

    Table drawn();

  private:
    void draw_summary();
    void draw_node(unsigned node, const CpuSet& cpus);
    void draw_huge_pages(unsigned node);
    void draw_apart();

    [[nodiscard]] std::string place_of(unsigned node, const CpuSet& cpus) const;
    [[nodiscard]] std::string memory_of(unsigned node) const;

    const HostTopology& host_;
    const Hardware& hardware_;
    const Topology& topology_;
    std::size_t width_;
    Table table_ = picture_of_nics();
};

Table Picture::drawn() {
    draw_summary();
    CpuSet rest = topology_.online;
    for (const auto& [node, cpus] : topology_.nodes) {
        draw_node(node, cpus & topology_.online);
        rest = rest - cpus;
    }
    if (!rest.empty()) {
        table_.add_gap();
        table_.add_line("On no node", 0, Style::bold);
        draw_cores(table_, hardware_, rest, width_);
    }
    draw_apart();
    draw_virtual_devices(table_, host_.nics);
    for (const std::string& note : host_.notes) {
        table_.add_gap();
        table_.add_line(note, 0, Style::warning);
    }
    return std::move(table_);
}

void Picture::draw_summary() {
    const CpuSet offline = topology_.present - topology_.online;
    std::string line;
    if (!hardware_.sockets.empty()) {
        line = counted(hardware_.sockets.size(), "socket") + ", ";
    }
    line += fmt::format("{}, {}, {}: {}", counted(topology_.nodes.size(), "node"),
                        counted(topology_.cores.size(), "core"),
                        counted(topology_.present.size(), "CPU"), topology_.present.list());
    table_.add_line(line, 0, Style::bold);
    const auto say = [this](std::string_view what, const CpuSet& cpus, Style style) {
        if (!cpus.empty()) {
            table_.add_line(fmt::format("{}: {}", what, cpus.list()), 0, style);
        }
    };
    say("offline", offline, Style::warning);
    say("isolated at boot (i)", topology_.isolated, Style::plain);
    say("isolated by cpuset partitions (i)", hardware_.partitioned, Style::plain);
    say("nohz_full (n)", hardware_.nohz_full, Style::plain);
}

/// "Socket 0, node 0"
std::string Picture::place_of(unsigned node, const CpuSet& cpus) const {
    CpuSet sockets;
    for (const auto& [socket, members] : hardware_.sockets) {
        if (members.intersects(cpus)) {
            sockets.add(socket);
        }
    }
    if (sockets.empty()) {
        return fmt::format("Node {}", node);
    }
    return fmt::format("{} {}, node {}", sockets.size() == 1 ? "Socket" : "Sockets", sockets.list(),
                       node);
}

/// ": 1.9 GiB of memory, 1.5 GiB free"
std::string Picture::memory_of(unsigned node) const {
    const auto found = hardware_.memory.find(node);
    if (found == hardware_.memory.end()) {
        return {};
    }
    if (found->second.bytes == 0) {
        return ": no memory";
    }
    return fmt::format(": {} of memory, {} free", rounded_bytes(found->second.bytes),
                       rounded_bytes(found->second.free_bytes));
}

/// "huge pages: 8 of 2 MiB (3 free)"
void Picture::draw_huge_pages(unsigned node) {
    const auto found = hardware_.memory.find(node);
    std::vector<std::string> sizes;
    if (found != hardware_.memory.end()) {
        for (const HugePages& pages : found->second.huge_pages) {
            if (pages.total != 0) {
                sizes.push_back(fmt::format("{} of {} ({} free)", pages.total,
                                            exact_bytes(pages.bytes), pages.free));
            }
        }
    }
    if (!sizes.empty()) {
        table_.add_line("huge pages: " + joined(sizes), 2);
    }
}

void Picture::draw_node(unsigned node, const CpuSet& cpus) {
    table_.add_gap();
    table_.add_line(place_of(node, cpus) + memory_of(node), 0, Style::bold);
    if (cpus.empty()) {
        table_.add_line("no CPU is online", 2);
    }
    draw_huge_pages(node);
    draw_cores(table_, hardware_, cpus, width_);
    if (const auto offline = hardware_.offline.find(node); offline != hardware_.offline.end()) {
        table_.add_line(fmt::format("offline: {}", offline->second.list()), 2, Style::warning);
    }
    for (const NicLayout& nic : host_.nics) {
        if (is_hardware(nic) && nic.node == node) {
            draw_nic(table_, topology_, nic);
        }
    }
}

void Picture::draw_apart() {
    bool is_first = true;
    for (const NicLayout& nic : host_.nics) {
        if (!is_hardware(nic) || (nic.node && topology_.nodes.contains(*nic.node))) {
            continue;
        }
        if (std::exchange(is_first, false)) {
            table_.add_gap();
            table_.add_line("NICs on none of these nodes, as far as the kernel says", 0,
                            Style::bold);
        }
        draw_nic(table_, topology_, nic);
    }
}

}  // namespace

void print_topology(const Screen& screen, const HostTopology& host) {
    screen.table(Picture(host, screen.look().width).drawn());
}

}  // namespace nanotune::cli
