// The netdev family of generic netlink: queues, their NAPI instances and those's interrupts and
// times, and what a driver's XDP can do.
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

/// Times of a reply to NETDEV_CMD_NAPI_GET. Errors: unsupported where it has none; invalid.
[[nodiscard]] Result<NapiTimes> napi_times_of(Bytes body);

class Netdev {
  public:
    /// As netdev_queues_of.
    /// Errors: unsupported where the kernel or the driver does not say; not_found.
    [[nodiscard]] Result<std::vector<QueueInterrupt>> queue_interrupts(const std::string& device);

    /// As Links::napi_times and so on.
    [[nodiscard]] Result<NapiTimes> times(unsigned napi);
    [[nodiscard]] Status set_times(unsigned napi, const NapiTimes& times);
    [[nodiscard]] Result<std::uint64_t> xdp_features(const std::string& device);

  private:
    /// The body of the one reply about the object with that number.
    [[nodiscard]] Result<std::vector<std::byte>> ask(std::uint8_t command, std::uint16_t attribute,
                                                     unsigned number, const std::string& operation);
    [[nodiscard]] Result<Bodies> dump(std::uint8_t command, std::uint16_t index_attribute,
                                      unsigned index, std::string_view operation);

    GenericFamily family_{"netdev"};
};

}  // namespace nanotune
