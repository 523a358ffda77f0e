// The netdev family of generic netlink: queues, their NAPI instances and those's interrupts.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <nanotune/system.hpp>

#include "system/generic_family.hpp"

namespace nanotune {

/// A queue of NETDEV_CMD_QUEUE_GET, without its interrupt. `napi` is 0 where the driver names none.
/// Errors: invalid.
[[nodiscard]] Result<QueueInterrupt> netdev_queue_of(Bytes body);

/// NAPI number and interrupt of NETDEV_CMD_NAPI_GET; the interrupt is 0 where there is none.
/// Errors: invalid.
[[nodiscard]] Result<std::pair<unsigned, unsigned>> netdev_napi_of(Bytes body);

/// The queues that have a NAPI instance, each with that instance's interrupt; 0 where the driver
/// names none. Errors: invalid.
[[nodiscard]] Result<std::vector<QueueInterrupt>> netdev_queues_of(const Bodies& queues,
                                                                   const Bodies& napis);

class Netdev {
  public:
    /// As netdev_queues_of.
    /// Errors: unsupported where the kernel or the driver does not say; not_found.
    [[nodiscard]] Result<std::vector<QueueInterrupt>> queue_interrupts(const std::string& device);

  private:
    [[nodiscard]] Result<Bodies> dump(std::uint8_t command, std::uint16_t index_attribute,
                                      unsigned index, std::string_view operation);

    GenericFamily family_{"netdev"};
};

}  // namespace nanotune
