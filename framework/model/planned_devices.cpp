#include "planned_devices.hpp"

#include <map>
#include <ranges>

#include <fmt/format.h>

namespace nanotune {

std::vector<DeviceIdentity> planned_devices(const Plan& plan) {
    std::map<std::string, DeviceIdentity> by_name;
    const auto add = [&by_name](const Change& change) {
        if (const DeviceIdentity& device = change.desired.candidate->identity; device.is_known()) {
            by_name.try_emplace(device.name, device);
        }
    };
    for (const auto* changes : {&plan.changes, &plan.overridden, &plan.unsupported}) {
        for (const Change& change : *changes) {
            add(change);
        }
    }
    for (const Change& same : plan.unchanged) {
        if (same.desired.pending) {
            add(same);
        }
    }
    const auto devices = by_name | std::views::values;
    return {devices.begin(), devices.end()};
}

std::string lasting_marks(const DeviceIdentity& device) {
    std::string marks = device.bus.empty() ? fmt::format("number {}", device.index) : device.bus;
    if (!device.kind.empty()) {
        marks += ", " + device.kind;
    }
    // Ports of one card share its place, and only some have an address of their own.
    if (device.kind.empty() && device.is_burnt_in) {
        marks += ", " + device.address;
    }
    return marks;
}

}  // namespace nanotune
