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

    /// What a file says; only of an ifindex it is kept. Whether another device was known by that
    /// name.
    [[nodiscard]] bool learn(std::string_view path, std::string_view text);
    /// Whether it is of a device that is known, and has the name in the path now.
    [[nodiscard]] bool show(std::string_view path);
    /// The device's folder, of a path that is of one.
    [[nodiscard]] static std::string folder_of(std::string_view path);
    void forget() { numbers_.clear(); }

  private:
    std::shared_ptr<ControlSocket> control_;
    std::map<std::string, unsigned, std::less<>> numbers_;
};

}  // namespace nanotune
