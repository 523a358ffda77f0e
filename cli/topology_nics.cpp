#include "topology_nics.hpp"

#include <fmt/format.h>

#include "text.hpp"

namespace nanotune::cli {

namespace {

constexpr std::size_t nic_indent = 2;
constexpr std::size_t owner_indent = 4;
constexpr std::size_t most_virtual_devices = 12;

/// 2500 as "2.5 Gb/s", 100 as "100 Mb/s".
std::string speed_text(unsigned speed) {
    if (speed < 1000) {
        return fmt::format("{} Mb/s", speed);
    }
    return speed % 1000 == 0 ? fmt::format("{} Gb/s", speed / 1000)
                             : fmt::format("{}.{} Gb/s", speed / 1000, speed % 1000 / 100);
}

std::string state_text(const NicLayout& nic) {
    if (!nic.is_up) {
        return "down";
    }
    if (!nic.has_carrier) {
        return "no carrier";
    }
    return nic.speed ? speed_text(*nic.speed) : "up";
}

/// "rx/tx 0-3", "rx 0, tx 1", or the interrupt's own name.
std::string queues_text(const ServedQueues& served) {
    if (served.rx == served.tx && !served.rx.empty()) {
        return "rx/tx " + served.rx.list();
    }
    if (served.rx.empty() && served.tx.empty()) {
        const auto name = served.action.substr(0, served.action.find('@'));  // mlx5: a PCI address
        return name.empty() ? "?" : name;
    }
    return fmt::format("{}{}{}", served.rx.empty() ? "" : "rx " + served.rx.list(),
                       served.rx.empty() || served.tx.empty() ? "" : ", ",
                       served.tx.empty() ? "" : "tx " + served.tx.list());
}

/// Nothing was said: "?". No CPU: "-".
std::string cpus_text(const std::optional<CpuSet>& cpus) {
    if (!cpus) {
        return "?";
    }
    return cpus->empty() ? "-" : cpus->list();
}

void draw_interrupt(Table& table, const Topology& topology, const NicLayout& nic,
                    const ServedQueues& served) {
    const bool serves = !served.rx.empty() || !served.tx.empty();
    const CpuSet far = far_nodes(topology, nic, served);
    std::vector<std::string> napis;
    for (const unsigned napi : served.napis) {
        napis.push_back(std::to_string(napi));
    }
    table.add({{""},
               {queues_text(served), serves ? Style::plain : Style::dim},
               {fmt::format("{}", fmt::join(napis, ","))},
               {served.irq ? std::to_string(*served.irq) : "?"},
               {served.irq ? cpus_text(served.affinity) : "?"},
               {served.irq ? cpus_text(served.effective) : "?",
                far.empty() ? Style::plain : Style::warning},
               {far.empty() ? "" : "on node " + far.list(), Style::warning}});
}

/// Of devices without hardware, which have no picture of their own.
void draw_owners(Table& table, const std::vector<NicLayout>& nics) {
    for (const NicLayout& nic : nics) {
        for (const NicOwner& owner : nic.owners) {
            if (!is_hardware(nic)) {
                table.add_line(fmt::format("{}: {}", nic.nic.device, harmless(text_of(owner))), 0,
                               Style::warning);
            }
        }
    }
}

}  // namespace

Table picture_of_nics() {
    // The first one is only there to indent the others.
    return Table({{.title = ""},
                  {.title = "", .may_wrap = true, .gap = 0},
                  {.title = "", .may_wrap = true},
                  {.title = ""},
                  {.title = "", .may_wrap = true},
                  {.title = "", .may_wrap = true},
                  {.title = ""}});
}

bool is_hardware(const NicLayout& nic) {
    const auto kind = nic.nic.fact("kind");
    return kind == "physical" || kind == "vf";
}

void draw_nic(Table& table, const Topology& topology, const NicLayout& nic) {
    std::vector<std::string> words;
    for (const char* fact : {"driver", "pci"}) {
        if (const auto text = nic.nic.fact(fact); !text.empty()) {
            words.emplace_back(text);
        }
    }
    if (nic.nic.fact("kind") == "vf") {
        words.emplace_back("virtual function");
    }
    words.push_back(state_text(nic));
    if (nic.node && !topology.nodes.contains(*nic.node)) {
        words.push_back(fmt::format("on node {}, which is not online", *nic.node));
    }
    if (const auto master = nic.nic.fact("master"); !master.empty()) {
        words.push_back(fmt::format("in {}", master));
    }
    if (const auto reason = nic.nic.fact("management"); !reason.empty()) {
        words.emplace_back(reason);
    }
    table.add_line(fmt::format("{}: {}", nic.nic.device, fmt::join(words, ", ")), nic_indent,
                   Style::bold);
    for (const NicOwner& owner : nic.owners) {
        table.add_line(harmless(text_of(owner)), owner_indent, Style::warning);
    }
    if (nic.served.empty()) {
        return;
    }
    bool has_napis = false;
    for (const ServedQueues& served : nic.served) {
        has_napis = has_napis || !served.napis.empty();
    }
    table.add({{"    "},
               {"QUEUE", Style::dim},
               {has_napis ? "NAPI" : "", Style::dim},
               {"IRQ", Style::dim},
               {"AFFINITY", Style::dim},
               {"EFFECTIVE", Style::dim},
               {""}});
    for (const ServedQueues& served : nic.served) {
        draw_interrupt(table, topology, nic, served);
    }
}

void draw_virtual_devices(Table& table, const std::vector<NicLayout>& nics) {
    std::vector<std::string> names;
    std::size_t more = 0;
    for (const NicLayout& nic : nics) {
        if (is_hardware(nic)) {
            continue;
        }
        if (names.size() == most_virtual_devices) {
            ++more;
            continue;
        }
        const auto master = nic.nic.fact("master");
        names.push_back(fmt::format("{} ({}{}{})", nic.nic.device, nic.nic.fact("kind"),
                                    master.empty() ? "" : " in ", master));
    }
    if (names.empty()) {
        return;
    }
    table.add_gap();
    draw_owners(table, nics);
    table.add_line(fmt::format("Without hardware: {}{}", fmt::join(names, ", "),
                               more == 0 ? "" : fmt::format(" and {} more", more)),
                   0);
}

}  // namespace nanotune::cli
