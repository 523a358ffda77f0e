#include "arfs_bank.hpp"

#include <string>

#include "permission.hpp"

namespace nanotune::nic {
namespace {

constexpr std::string_view steering_feature = "rx-ntuple-filter";

constexpr Tunable ready = {
    .name = "arfs.ready",
    .domain = flag(),
    .summary =
        "Flows can follow their application's CPU in the NIC (aRFS): nothing it takes is "
        "missing.",
    .check_only = true};

/// "rx-0, rx-2": the queues without room for a flow.
Result<std::string> queues_without_flows(Files& files, const std::string& device) {
    const std::string folder = "/sys/class/net/" + device + "/queues";
    NT_TRY(const auto names, files.list(folder));
    std::string none;
    for (const std::string& name : names) {
        if (!name.starts_with("rx-")) {
            continue;
        }
        NT_TRY(const std::string flows, files.read(folder + "/" + name + "/rps_flow_cnt"));
        if (flows == "0") {
            none += (none.empty() ? "" : ", ") + name;
        }
    }
    return none;
}

/// What keeps it from working; "" for nothing. Errors: unsupported by the driver, or what cannot be
/// read.
Result<std::string> obstacle(System& system, const std::string& device) {
    NT_TRY(const Features features, system.ethtool().features(device));
    const auto steering = features.find(steering_feature);
    if (steering == features.end() || (!steering->second.changeable && !steering->second.active)) {
        return failure(ErrorCode::unsupported, "the driver of " + device + " steers no flows (" +
                                                   std::string(steering_feature) +
                                                   " is fixed as off)");
    }
    if (!steering->second.active) {
        return "features.ntuple is off";
    }
    NT_TRY(const std::string none, queues_without_flows(system.files(), device));
    if (!none.empty()) {
        return "rps.flow_cnt of " + none + " is 0";
    }
    NT_TRY(const std::string remembered,
           system.files().read("/proc/sys/net/core/rps_sock_flow_entries"));
    return remembered == "0" ? "net.core.rps_sock_flow_entries is 0" : "";
}

}  // namespace

std::vector<const Tunable*> ArfsBank::tunables() const {
    return {&ready};
}

std::vector<Result<Reading>> ArfsBank::read(System& system, const Target& target,
                                            std::span<const Tunable* const> wanted) const {
    const auto reading = [&]() -> Result<Reading> {
        NT_TRY(std::string missing, obstacle(system, target.name));
        const bool is_ready = missing.empty();
        return Reading{.value = is_ready, .note = std::move(missing)};
    }();
    return {wanted.size(), reading};
}

std::vector<Status> ArfsBank::write(System& /*system*/, const Target& /*target*/,
                                    std::span<const Assignment> assignments) const {
    return {assignments.size(), failure(ErrorCode::unsupported,
                                        "arfs.ready follows features.ntuple, rps.flow_cnt and "
                                        "net.core.rps_sock_flow_entries")};
}

Status ArfsBank::may_write(System& system, const Target& target, const Tunable& tunable) const {
    return may_administer(system, target, tunable);
}

}  // namespace nanotune::nic
