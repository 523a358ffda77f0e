// A family of generic netlink ("ethtool", "netdev") on the running kernel: its number, and the
// commands that it has there.
#pragma once

#include <bitset>
#include <optional>
#include <string>

#include "system/netlink_socket.hpp"

namespace nanotune {

/// What CTRL_CMD_GETFAMILY says about a family.
struct FamilyEntry {
    std::uint16_t number = 0;
    std::bitset<256> commands;
};
/// Reads the reply's body. Errors: invalid.
[[nodiscard]] Result<FamilyEntry> family_entry_of(Bytes body);

/// Opens its socket and finds the family at first use, then keeps both.
class GenericFamily {
  public:
    explicit GenericFamily(std::string name) : name_(std::move(name)) {}

    /// Opens what is needed to send `command`. Errors: unsupported, without asking the family,
    /// where the running kernel lacks it or the command.
    [[nodiscard]] Status prepare(std::uint8_t command, std::string_view operation);
    /// A prepared command's request carries this number.
    [[nodiscard]] std::uint16_t number() const noexcept { return entry_.number; }
    /// Errors: as NetlinkSocket::exchange.
    [[nodiscard]] Result<Bodies> exchange(GenericRequest& request, std::string_view operation);

  private:
    [[nodiscard]] Status resolve();

    std::string name_;
    std::optional<NetlinkSocket> socket_;
    std::optional<Status> resolved_;
    FamilyEntry entry_;
};

}  // namespace nanotune
