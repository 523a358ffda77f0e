// Network devices: what they are, what they can do, and how they are set.

#include <fmt/format.h>
#include <linux/ethtool_netlink.h>

#include "facts.hpp"
#include "words.hpp"

namespace nanotune::facts {

namespace {

std::string quiet(System& system, const std::string& path) {
    return system.files().read(path).value_or("");
}

std::optional<unsigned> attribute(const Result<EthtoolNumbers>& answer, std::uint16_t type) {
    if (!answer || !answer->contains(type)) {
        return std::nullopt;
    }
    return static_cast<unsigned>(answer->at(type).number);
}

std::optional<bool> flag(const Result<EthtoolNumbers>& answer, std::uint16_t type) {
    const auto number = attribute(answer, type);
    return number ? std::optional(*number != 0) : std::nullopt;
}

std::string identifier(System& system, const std::string& folder, std::string_view name) {
    std::string text = quiet(system, fmt::format("{}/{}", folder, name));
    return text.starts_with("0x") ? text.substr(2) : text;
}

PcieFacts pcie_of(System& system, const std::string& folder) {
    const auto lanes = [&](std::string_view name) {
        return static_cast<unsigned>(
            number(quiet(system, fmt::format("{}/{}", folder, name))).value_or(0));
    };
    return {.speed = quiet(system, folder + "/current_link_speed"),
            .most_speed = quiet(system, folder + "/max_link_speed"),
            .width = lanes("current_link_width"),
            .most_width = lanes("max_link_width")};
}

void add_settings(System& system, NicFacts& nic) {
    Ethtool& ethtool = system.ethtool();
    const auto rings = ethtool.get(ETHTOOL_MSG_RINGS_GET, nic.name);
    nic.rx_ring = attribute(rings, ETHTOOL_A_RINGS_RX);
    nic.most_rx_ring = attribute(rings, ETHTOOL_A_RINGS_RX_MAX);
    nic.tx_ring = attribute(rings, ETHTOOL_A_RINGS_TX);
    nic.most_tx_ring = attribute(rings, ETHTOOL_A_RINGS_TX_MAX);
    const auto coalesce = ethtool.get(ETHTOOL_MSG_COALESCE_GET, nic.name);
    nic.adaptive_rx = flag(coalesce, ETHTOOL_A_COALESCE_USE_ADAPTIVE_RX);
    nic.rx_usecs = attribute(coalesce, ETHTOOL_A_COALESCE_RX_USECS);
    nic.pauses = flag(ethtool.get(ETHTOOL_MSG_PAUSE_GET, nic.name), ETHTOOL_A_PAUSE_RX);
    nic.sleeps_when_idle = flag(ethtool.get(ETHTOOL_MSG_EEE_GET, nic.name), ETHTOOL_A_EEE_ENABLED);
}

void add_abilities(System& system, NicFacts& nic) {
    Ethtool& ethtool = system.ethtool();
    const auto clock =
        attribute(ethtool.get(ETHTOOL_MSG_TSINFO_GET, nic.name), ETHTOOL_A_TSINFO_PHC_INDEX);
    const auto features = ethtool.features(nic.name);
    if (features) {
        for (const auto& [name, feature] : *features) {
            nic.features[std::string(name)] = feature.active;
        }
    }
    const auto is_there = [&](std::string_view name) {
        const auto found = features ? features->find(name) : Features::const_iterator();
        return features && found != features->end() &&
               (found->second.active || found->second.changeable);
    };
    const auto hash = ethtool.receive_hash(nic.name);
    const std::pair<bool, std::string> all[] = {
        {clock.has_value(), fmt::format("hardware clock /dev/ptp{}", clock.value_or(0))},
        {hash && hash->queues > 1, fmt::format("RSS over {} queues", hash ? hash->queues : 0)},
        {is_there("rx-ntuple-filter"), "flow steering (ntuple)"},
        {is_there("rx-checksum"), "receive checksums"},
        {system.links().xdp_features(nic.name).value_or(0) != 0, "native XDP"}};
    for (const auto& [has, what] : all) {
        if (has) {
            nic.abilities.push_back(what);
        }
    }
}

NicFacts nic_of(System& system, const Candidate& candidate) {
    NicFacts nic{.name = candidate.device, .kind = std::string(candidate.fact("kind"))};
    const std::string device = fmt::format("/sys/class/net/{}/device", nic.name);
    // A virtio device is below the PCI device that it is on.
    const std::string pci = quiet(system, device + "/max_link_speed").empty() &&
                                    system.files().exists(device + "/../max_link_speed")
                                ? device + "/.."
                                : device;
    const std::string vendor = identifier(system, pci, "vendor");
    const std::string model = identifier(system, pci, "device");
    nic.model = vendor.empty() || model.empty() ? "" : fmt::format("{}:{}", vendor, model);
    nic.driver = candidate.fact("driver");
    if (const auto info = system.ethtool().driver(nic.name); info && !info->firmware.empty()) {
        nic.driver += fmt::format(", firmware {}", info->firmware);
    }
    nic.mtu = static_cast<unsigned>(
        number(quiet(system, fmt::format("/sys/class/net/{}/mtu", nic.name))).value_or(0));
    nic.pcie = pcie_of(system, pci);
    add_settings(system, nic);
    add_abilities(system, nic);
    return nic;
}

HostCounters counted_of(const std::string& nic, const std::map<std::string, Counts>& first,
                        const std::map<std::string, Counts>& last) {
    const auto before = first.find(nic);
    const auto now = last.find(nic);
    return before == first.end() || now == last.end() ? HostCounters()
                                                      : counted(before->second, now->second);
}

}  // namespace

void add_nics(System& system, const Sample& first, const Sample& last, HostFacts& facts) {
    for (const NicLayout& layout : facts.topology.nics) {
        NicFacts nic = nic_of(system, layout.nic);
        nic.counters = counted_of(nic.name, first.nics, last.nics);
        nic.driver_counters = counted_of(nic.name, first.drivers, last.drivers);
        facts.nics.push_back(std::move(nic));
    }
}

}  // namespace nanotune::facts
