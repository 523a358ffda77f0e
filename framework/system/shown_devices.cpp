#include "system/shown_devices.hpp"

#include <utility>

#include <fcntl.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <unistd.h>

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

bool ShownDevices::is_number(std::string_view path) {
    const std::string_view device = device_in(path);
    return !device.empty() && path.substr(devices.size() + device.size()) == "/ifindex";
}

bool ShownDevices::learn(std::string_view path, std::string_view text) {
    const auto number = is_number(path) ? leading_number<unsigned>(text) : std::nullopt;
    if (!number) {
        return false;
    }
    const auto [known, is_new] = numbers_.try_emplace(std::string(device_in(path)), *number);
    return !is_new && std::exchange(known->second, *number) != *number;
}

std::string ShownDevices::folder_of(std::string_view path) {
    return std::string(path.substr(0, devices.size() + device_in(path).size()));
}

int ShownDevices::open_in(const Descriptor& folder, const std::string& path, int flags) {
    const std::size_t name = folder_of(path).size() + 1;
    return openat(folder.number(), path.c_str() + name, flags | O_CLOEXEC | O_NOCTTY);
}

bool ShownDevices::is_there(const Descriptor& folder) {
    return faccessat(folder.number(), "ifindex", F_OK, 0) == 0;
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
