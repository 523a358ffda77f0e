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

    /// What frames must be sent to, as text; "" where nobody says. Whoever takes frames by that of
    /// before takes none any more once it is another one.
    [[nodiscard]] std::string link_address() const;

    /// False where the kernel says that it has no such device any more: it was taken away, or moved
    /// to another network namespace. One of the same name that came since is another one.
    [[nodiscard]] bool is_there() const;

  private:
    DevicePresence(Descriptor socket, Descriptor address, unsigned index)
        : socket_(std::move(socket)), address_(std::move(address)), index_(index) {}

    Descriptor socket_;
    Descriptor address_;  ///< its file of sysfs
    unsigned index_;
};

/// Whether a device of this name is there and up. Asks anew each time; needs no rights.
[[nodiscard]] bool is_up(const std::string& device);

}  // namespace nanotune::datapath
