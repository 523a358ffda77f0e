// The way to a receiver that need not say anything itself: the kernel learns it from what it sends
// there, and sees so whether it is still right, which orders that go past it do not tell it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include <nanotune/error.hpp>

#include "system/storage/storage.hpp"

namespace nanotune::datapath {

/// Has the kernel ask for the link address of who is next to this host, by a datagram without
/// content to port 9 (discard, RFC 863). One thread's.
class Asker {
  public:
    /// Addresses of one link are of the device's. Errors: as the system's.
    static Result<Asker> open(bool is_ipv6, unsigned device);
    /// `address` as on the wire, of IPv4 the first four bytes. Does not wait.
    void ask(const std::array<std::uint8_t, 16>& address) const noexcept;

  private:
    Asker(Descriptor socket, bool is_ipv6, unsigned device)
        : socket_(std::move(socket)), is_ipv6_(is_ipv6), device_(device) {}

    Descriptor socket_;
    bool is_ipv6_;
    unsigned device_;
};

/// One thread's.
class KeptWay {
  public:
    using Clock = std::chrono::steady_clock;

    /// `address` as on the wire, of IPv4 the first four bytes; one of one link is of the device's.
    /// Errors: as the system's.
    static Result<KeptWay> open(const std::array<std::uint8_t, 16>& address, bool is_ipv6,
                                unsigned device);

    [[nodiscard]] const std::array<std::uint8_t, 16>& address() const noexcept { return address_; }
    /// Has the kernel ask where it is time to: each second while the way is not known, and seldom
    /// while it is. Does not wait.
    void ask(bool is_known, Clock::time_point now) noexcept;
    /// Until it is time to.
    [[nodiscard]] Clock::duration left(bool is_known, Clock::time_point now) const noexcept;

  private:
    KeptWay(Asker asker, const std::array<std::uint8_t, 16>& address)
        : asker_(std::move(asker)), address_(address) {}

    Asker asker_;
    std::array<std::uint8_t, 16> address_;
    Clock::time_point asked_;  ///< never yet
};

}  // namespace nanotune::datapath
