#include "private_flags_bank.hpp"

#include <algorithm>

#include <linux/ethtool_netlink.h>

#include <nanotune/discover.hpp>

#include "permission.hpp"

namespace nanotune::nic {
namespace {

constexpr std::string_view prefix = "privflags.";

Result<EthtoolBits> flags_of(System& system, const std::string& device) {
    return system.ethtool().bits(ETHTOOL_MSG_PRIVFLAGS_GET, device, ETHTOOL_A_PRIVFLAGS_FLAGS);
}

std::string flag_in(std::string_view name) {
    return std::string(name.substr(prefix.size()));
}

bool can_be_a_name(std::string_view flag) {
    return !flag.empty() && std::ranges::all_of(flag, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.';
    });
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

Result<std::optional<Tunable>> PrivateFlagsBank::open(std::string_view name) const {
    if (!name.starts_with(prefix) || !can_be_a_name(name.substr(prefix.size()))) {
        return std::nullopt;
    }
    // Many of them restart the device, and only its driver knows which.
    return Tunable{
        .name = name,
        .domain = flag(),
        .impact = Impact::bounces_link,
        .summary = "A switch of this driver alone; its documentation knows what it does.",
        .witness = {.command = "ethtool --show-priv-flags {}",
                    .label = name.substr(prefix.size())}};
}

std::vector<std::string> PrivateFlagsBank::open_names(System& system) const {
    std::vector<std::string> names;
    for (const Candidate& nic : discover::nics(system).value_or(std::vector<Candidate>{})) {
        for (const auto& [flag, is_on] : flags_of(system, nic.device).value_or(EthtoolBits{})) {
            if (can_be_a_name(flag)) {
                names.push_back(std::string(prefix) + flag);
            }
        }
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

std::vector<Result<Reading>> PrivateFlagsBank::read(System& system, const Target& target,
                                                    std::span<const Tunable* const> wanted) const {
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    const auto flags = flags_of(system, target.name);
    for (const Tunable* tunable : wanted) {
        readings.push_back(flags ? reading(*flags, flag_in(tunable->name), target)
                                 : Result<Reading>(std::unexpected(flags.error())));
    }
    return readings;
}

std::vector<Status> PrivateFlagsBank::write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const {
    EthtoolBits flags;
    for (const auto& [tunable, value] : assignments) {
        flags[flag_in(tunable->name)] = to_number(tunable->domain, value) != 0;
    }
    const Status outcome = system.ethtool().set_bits(ETHTOOL_MSG_PRIVFLAGS_SET, target.name,
                                                     ETHTOOL_A_PRIVFLAGS_FLAGS, flags, {});
    return {assignments.size(), outcome};
}

Status PrivateFlagsBank::may_write(System& system, const Target& target,
                                   const Tunable& tunable) const {
    return may_administer(system, target, tunable);
}

}  // namespace nanotune::nic
