// The way to a receiver that need not say anything itself: the kernel learns it from what it sends
// there, and sees so whether it is still right, which orders that go past it do not tell it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include <nanotune/error.hpp>

#include "system/storage/storage.hpp"

namespace nanotune::datapath {

/// One thread's.
class KeptWay {
  public:
    using Clock = std::chrono::steady_clock;

    /// `address` as on the wire, of IPv4 the first four bytes; one of one link is of the device's.
    /// Errors: as the system's.
    static Result<KeptWay> open(const std::array<std::uint8_t, 16>& address, bool is_ipv6,
                                unsigned device);

    [[nodiscard]] const std::array<std::uint8_t, 16>& address() const noexcept { return address_; }
    /// Has the kernel ask, by a datagram without content to port 9 (discard, RFC 863), where it is
    /// time to: each second while the way is not known, and seldom while it is. Does not wait.
    void ask(bool is_known, Clock::time_point now) noexcept;
    /// Until it is time to.
    [[nodiscard]] Clock::duration left(bool is_known, Clock::time_point now) const noexcept;

  private:
    KeptWay(Descriptor socket, const std::array<std::uint8_t, 16>& address, bool is_ipv6,
            unsigned device)
        : socket_(std::move(socket)), address_(address), is_ipv6_(is_ipv6), device_(device) {}

    Descriptor socket_;
    std::array<std::uint8_t, 16> address_;
    bool is_ipv6_;
    unsigned device_;
    Clock::time_point asked_;  ///< never yet
};

}  // namespace nanotune::datapath
