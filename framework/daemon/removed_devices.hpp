// Devices that the kernel has removed while the daemon listened. What is recorded of them no
// rollback can use, as none of them ever comes back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

#include <nanotune/device_identity.hpp>

#include "system/notices.hpp"

namespace nanotune::daemon {

/// May be used by several threads.
class RemovedDevices {
  public:
    /// Each notice, in the order in which they were told.
    void take(const Notice& notice);
    /// Whether that very device is certain to have been removed. Never of hardware, which comes
    /// back under another number, nor of one that was renamed since it was recorded.
    [[nodiscard]] bool has(const DeviceIdentity& recorded) const;

  private:
    static constexpr std::size_t most = 4096;  // of the others more is kept than is needed

    mutable std::mutex mutex_;
    std::map<std::uint32_t, DeviceIdentity> by_number_;
};

}  // namespace nanotune::daemon
