// The link address that leads to an IP address, as the processor asks for it.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>

namespace nanotune::datapath {

using LinkAddress = std::array<std::uint8_t, 6>;

/// fe80::/10: of an IPv6 address as on the wire.
[[nodiscard]] inline bool is_of_one_link(const std::uint8_t* address) noexcept {
    return address[0] == 0xFE && (address[1] & 0xC0) == 0x80;
}

/// `find` writes the link address of the next hop to `address` (4 or 16 bytes, as on the wire), or
/// says that none is known. `generation` changes whenever an address that was given is not right
/// any more. Asked on the hot thread, for senders that are new.
template <typename T>
concept NextHops = requires(const T hops, const std::uint8_t* address, LinkAddress& out) {
    { hops.find(address, out) } noexcept -> std::same_as<bool>;
    { hops.generation() } noexcept -> std::same_as<std::uint32_t>;
};

/// Everything goes to one link address: a gateway's, or that of the only peer.
class OneNextHop {
  public:
    explicit OneNextHop(const LinkAddress& address) : address_(address) {}
    bool find(const std::uint8_t* /*address*/, LinkAddress& out) const noexcept {
        out = address_;
        return true;
    }
    [[nodiscard]] static std::uint32_t generation() noexcept { return 0; }

  private:
    LinkAddress address_;
};

}  // namespace nanotune::datapath
