#include "lro.hpp"

#include <algorithm>

namespace nanotune::nic {
namespace {

/// What has another one as its link may be a tunnel that leaves by it, or the other end of a veth.
bool is_above(Files& files, const Link& other, const Link& own) {
    return other.index == own.master ||
           (other.lower == own.index &&
            files.exists("/sys/class/net/" + own.name + "/upper_" + other.name));
}

}  // namespace

std::optional<LroAbove> lro_off_above(System& system, const std::string& device) {
    const auto links = system.links().list().value_or(std::vector<Link>());
    const auto own = std::ranges::find(links, device, &Link::name);
    for (const Link& other : links) {
        if (own == links.end() || !is_above(system.files(), other, *own)) {
            continue;
        }
        const auto features = system.ethtool().features(other.name);
        if (!features) {
            continue;
        }
        const auto lro = features->find("rx-lro");
        if (lro == features->end() || !lro->second.wanted) {
            return LroAbove{.device = other.name,
                            .is_for_good = lro == features->end() || !lro->second.changeable};
        }
    }
    return std::nullopt;
}

std::string reason_against_lro(System& system, const std::string& device) {
    const auto above = lro_off_above(system, device);
    if (above && above->is_for_good) {
        return "the kernel would keep it off: " + above->device + ", above it, never has it";
    }
    const std::string forwarding = "net/ipv4/conf/" + device + "/forwarding";
    return system.files().read("/proc/sys/" + forwarding) == "1"
               ? "the kernel turns it off where " + forwarding +
                     " is turned on, as packets that were put together cannot be sent on"
               : std::string();
}

}  // namespace nanotune::nic
