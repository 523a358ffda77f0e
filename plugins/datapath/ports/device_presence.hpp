// Whether the network device that a port is on is still there.
#pragma once

#include <string>

#include <nanotune/error.hpp>

#include "system/storage/storage.hpp"

namespace nanotune::datapath {

/// Asks the kernel (RTM_GETLINK, rtnetlink(7)) on a socket that is opened beforehand: no rights are
/// needed later. One thread's.
class DevicePresence {
  public:
    /// Errors: not_found where it is not there now; as the system's.
    static Result<DevicePresence> open(const std::string& device);

    /// False where the kernel says that it has no such device any more: it was taken away, or moved
    /// to another network namespace. One of the same name that came since is another one.
    [[nodiscard]] bool is_there() const;

  private:
    DevicePresence(Descriptor socket, unsigned index) : socket_(std::move(socket)), index_(index) {}

    Descriptor socket_;
    unsigned index_;
};

/// Whether a device of this name is there and up. Asks anew each time; needs no rights.
[[nodiscard]] bool is_up(const std::string& device);

}  // namespace nanotune::datapath
