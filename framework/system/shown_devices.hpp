// Which network devices sysfs shows by which names.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "system/control_socket.hpp"

namespace nanotune {

/// Knows the number of each device whose ifindex was read. A file of a device that is open goes
/// along with it when it is given another name, so that by the old one it must not be read.
class ShownDevices {
  public:
    explicit ShownDevices(std::shared_ptr<ControlSocket> control) : control_(std::move(control)) {}

    /// Whether it is where sysfs has the number of a device.
    [[nodiscard]] static bool is_number(std::string_view path);
    /// What a file says; only of an ifindex it is kept. Whether another device was known by that
    /// name.
    [[nodiscard]] bool learn(std::string_view path, std::string_view text);
    /// Whether it is of a device that is known, and has the name in the path now.
    [[nodiscard]] bool show(std::string_view path);
    /// The device's folder, of a path that is of one.
    [[nodiscard]] static std::string folder_of(std::string_view path);
    /// As openat(2), of a path below the device's open folder.
    [[nodiscard]] static int open_in(const Descriptor& folder, const std::string& path, int flags);
    /// Whether the device is there whose folder it is: below one that was removed there is nothing.
    [[nodiscard]] static bool is_there(const Descriptor& folder);
    void forget() { numbers_.clear(); }

  private:
    std::shared_ptr<ControlSocket> control_;
    std::map<std::string, unsigned, std::less<>> numbers_;
};

}  // namespace nanotune
