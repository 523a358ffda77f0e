#include "private_flags_bank.hpp"

#include <linux/ethtool_netlink.h>

namespace nanotune::nic {
namespace {

Result<EthtoolBits> flags_of(System& system, const std::string& device) {
    return system.ethtool().bits(ETHTOOL_MSG_PRIVFLAGS_GET, device, ETHTOOL_A_PRIVFLAGS_FLAGS);
}

Result<Reading> reading(const EthtoolBits& flags, const std::string& flag, const Target& nic) {
    if (const auto found = flags.find(flag); found != flags.end()) {
        return Reading{.value = found->second};
    }
    std::string known;
    for (const auto& [name, is_on] : flags) {
        known += (known.empty() ? "" : ", ") + name;
    }
    return failure(ErrorCode::unsupported, "the driver of " + nic.name + " has no private flag " +
                                               flag + (known.empty() ? "" : "; it has " + known));
}

}  // namespace

Tunable PrivateFlagsBank::tunable_of(std::string_view inner) const {
    // Many of them restart the device, and only its driver knows which.
    return {.name = {},
            .domain = flag(),
            .impact = Impact::bounces_link,
            .summary = "A switch of this driver alone; its documentation knows what it does.",
            .witness = {.command = "ethtool --show-priv-flags {}", .label = inner}};
}

std::vector<std::string> PrivateFlagsBank::driver_names(System& system, const Target& nic) const {
    std::vector<std::string> names;
    for (const auto& [flag, is_on] : flags_of(system, nic.name).value_or(EthtoolBits{})) {
        names.push_back(flag);
    }
    return names;
}

std::vector<Result<Reading>> PrivateFlagsBank::read(System& system, const Target& target,
                                                    std::span<const Tunable* const> wanted) const {
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    const auto flags = flags_of(system, target.name);
    for (const Tunable* tunable : wanted) {
        readings.push_back(flags ? reading(*flags, driver_name(*tunable), target)
                                 : Result<Reading>(std::unexpected(flags.error())));
    }
    return readings;
}

std::vector<Status> PrivateFlagsBank::write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const {
    EthtoolBits flags;
    for (const auto& [tunable, value] : assignments) {
        flags[driver_name(*tunable)] = to_number(tunable->domain, value) != 0;
    }
    const Status outcome = system.ethtool().set_bits(ETHTOOL_MSG_PRIVFLAGS_SET, target.name,
                                                     ETHTOOL_A_PRIVFLAGS_FLAGS, flags, {});
    return {assignments.size(), outcome};
}

}  // namespace nanotune::nic
