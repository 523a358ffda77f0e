#include "system/shown_devices.hpp"

#include <utility>

#include <linux/sockios.h>
#include <net/if.h>

#include <nanotune/numbers.hpp>

namespace nanotune {

namespace {

constexpr std::string_view devices = "/sys/class/net/";

/// "" where it is of none.
std::string_view device_in(std::string_view path) {
    if (!path.starts_with(devices)) {
        return {};
    }
    const std::string_view below = path.substr(devices.size());
    const auto end = below.find('/');
    return end == std::string_view::npos ? std::string_view() : below.substr(0, end);
}

}  // namespace

bool ShownDevices::learn(std::string_view path, std::string_view text) {
    const std::string_view device = device_in(path);
    if (device.empty() || path.substr(devices.size() + device.size()) != "/ifindex") {
        return false;
    }
    const auto number = leading_number<unsigned>(text);
    if (!number) {
        return false;
    }
    const auto [known, is_new] = numbers_.try_emplace(std::string(device), *number);
    return !is_new && std::exchange(known->second, *number) != *number;
}

std::string ShownDevices::folder_of(std::string_view path) {
    return std::string(path.substr(0, devices.size() + device_in(path).size()));
}

bool ShownDevices::show(std::string_view path) {
    const std::string_view device = device_in(path);
    const auto known = device.empty() ? numbers_.end() : numbers_.find(device);
    if (known == numbers_.end()) {
        return false;
    }
    ifreq about{};
    about.ifr_ifindex = static_cast<int>(known->second);
    return control_->call(SIOCGIFNAME, about, "name of a device (SIOCGIFNAME)") &&
           std::string_view(about.ifr_name) == device;
}

}  // namespace nanotune
