// net/core/net-sysfs.c: most files ask for CAP_NET_ADMIN of the network namespace, and some for the
// host's, which root of a container does not have.
#include "system/device_file.hpp"

#include <algorithm>
#include <array>

#include <nanotune/user_namespace.hpp>

#include "system/capabilities.hpp"

namespace nanotune {
namespace {

constexpr std::string_view devices = "/sys/class/net/";

constexpr std::array<std::string_view, 7> of_the_host = {
    "gro_flush_timeout", "napi_defer_hard_irqs", "rps_cpus", "rps_flow_cnt",
    "tx_maxrate",        "tx_queue_len",         "xps_cpus",
};

/// "mtu" of the device's own files, "rps_cpus" of a queue's; "" of folders that others fill, which
/// go by the mode (its driver's, power management's, byte queue limits).
std::string_view own_file_of(std::string_view path) {
    if (!path.starts_with(devices)) {
        return {};
    }
    path.remove_prefix(devices.size());
    path.remove_prefix(std::min(path.find('/') + 1, path.size()));
    constexpr std::string_view queues = "queues/";
    if (path.starts_with(queues)) {
        path.remove_prefix(queues.size());
        path.remove_prefix(std::min(path.find('/') + 1, path.size()));
    }
    return path.contains('/') ? std::string_view() : path;
}

}  // namespace

std::string lacking_for_device_file(Files& files, std::string_view path) {
    const std::string_view file = own_file_of(path);
    if (file.empty()) {
        return {};
    }
    if (!Capabilities().has(Capability::net_admin)) {
        return std::string(name_of(Capability::net_admin)) + " is needed";
    }
    return std::ranges::find(of_the_host, file) != of_the_host.end() && is_in_user_namespace(files)
               ? why_not_in_user_namespace(Capability::net_admin)
               : std::string();
}

}  // namespace nanotune
