#include "napi_bank.hpp"

namespace nanotune::nic {
namespace {

/// A veth polls only with GRO, or for an XDP program.
bool is_idle_veth(System& system, const std::string& device) {
    if (system.files().exists("/sys/class/net/" + device + "/device")) {
        return false;
    }
    const auto own = system.links().link(device);
    if (!own || own->kind != "veth" || !own->xdp.empty()) {
        return false;
    }
    const auto features = system.ethtool().features(device);
    const auto gro = features ? features->find("rx-gro") : Features::const_iterator();
    return features && gro != features->end() && !gro->second.active;
}

}  // namespace

std::vector<Result<Reading>> NapiBank::read(System& system, const Target& target,
                                            std::span<const Tunable* const> wanted) const {
    auto readings = FileBank::read(system, target, wanted);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i]->name == "napi.threaded" && readings[i] &&
            is_idle_veth(system, target.name)) {
            readings[i]->note =
                "nothing is polled here while features.gro is off, and the kernel refuses a change";
        }
    }
    return readings;
}

}  // namespace nanotune::nic
