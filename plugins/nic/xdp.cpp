#include "xdp.hpp"

#include <algorithm>
#include <optional>

#include <linux/ethtool_netlink.h>
#include <linux/if_link.h>

#include <nanotune/owners.hpp>

namespace nanotune::nic {
namespace {

constexpr std::uint64_t takes_parts = 1U << 5U;  // NETDEV_XDP_ACT_RX_SG of linux/netdev.h

// A page of x86 without XDP_PACKET_HEADROOM. What a driver keeps for itself behind the packet comes
// off it as well, so that it refuses less than this, too.
constexpr std::uint32_t most_in_a_page = 4096 - 256;
constexpr std::uint32_t ethernet_header = 14;

/// Queues that receive or send: the kernel counts them as ethnl_set_channels does.
std::uint64_t queues_of(const EthtoolNumbers& channels) {
    const auto count_of = [&channels](std::uint16_t attribute) {
        const auto found = channels.find(attribute);
        return found == channels.end() ? 0 : found->second.number;
    };
    return count_of(ETHTOOL_A_CHANNELS_COMBINED_COUNT) +
           std::max(count_of(ETHTOOL_A_CHANNELS_RX_COUNT), count_of(ETHTOOL_A_CHANNELS_TX_COUNT));
}

bool has_native_program(const Link& link) {
    return std::ranges::find(link.xdp, XdpProgram::Mode::native, &XdpProgram::mode) !=
           link.xdp.end();
}

/// Workers of our own pause while queues change.
bool is_workers(System& system, const NicOwner& owner) {
    const auto names = system.workers().names();
    return owner.process != 0 && names && std::ranges::any_of(*names, [&](const std::string& name) {
               const auto worker = system.workers().worker(name);
               return worker && worker->is_running && worker->process == owner.process;
           });
}

Result<std::string> read_mode(System& system, const Target& nic) {
    NT_TRY(const Link link, system.links().link(nic.name));
    // Of several the one that sees the packet first.
    std::optional<XdpProgram::Mode> first;
    for (const XdpProgram& program : link.xdp) {
        first = std::max(first.value_or(program.mode), program.mode);
    }
    return first ? std::string(name_of(*first)) : "none";
}

Status refuse_mode(System& /*system*/, const Target& nic, const std::string& /*mode*/) {
    return failure(ErrorCode::unsupported,
                   "the program that loads XDP programs on " + nic.name + " chooses their mode");
}

constexpr WordsRow rows[] = {
    {{.name = "xdp.mode",
      .domain = choice("none | generic | native | offloaded"),
      .summary = "How an XDP program is attached: behind the driver, in it, on the card.",
      .check_only = true},
     read_mode,
     nullptr,
     refuse_mode},
};

}  // namespace

std::span<const WordsRow> xdp_rows() {
    return packed<rows>;
}

Status keep_xdp_sockets(System& system, const std::string& device, const EthtoolNumbers& now,
                        const EthtoolNumbers& after) {
    const std::uint64_t left = queues_of(after);
    if (left >= queues_of(now)) {
        return {};
    }
    for (const NicOwner& owner : xdp_sockets_of(system, device)) {
        const std::vector<unsigned> queues = owner.queues.members();
        if (!queues.empty() && queues.back() >= left && !is_workers(system, owner)) {
            return failure(ErrorCode::unsupported,
                           "the kernel takes no queue away that an AF_XDP socket is bound to: " +
                               text_of(owner) + ", of which " + std::to_string(left) +
                               " would be left");
        }
    }
    return {};
}

Status fits_native_xdp(System& system, const Link& link, std::uint32_t mtu) {
    const auto now = link.number(IFLA_MTU);
    const bool rises = !now || mtu > *now;
    if (!rises || mtu + ethernet_header <= most_in_a_page || !has_native_program(link)) {
        return {};
    }
    const auto features = system.links().xdp_features(link.name);
    if (!features || (*features & takes_parts) != 0) {
        return {};  // not known, or up to the program
    }
    return failure(
        ErrorCode::unsupported,
        "the driver's native XDP holds a whole packet in one page, of " +
            std::to_string(most_in_a_page - ethernet_header) +
            " bytes of MTU at most; XDP program " +
            std::to_string(
                std::ranges::find(link.xdp, XdpProgram::Mode::native, &XdpProgram::mode)->id) +
            " is on it");
}

}  // namespace nanotune::nic
