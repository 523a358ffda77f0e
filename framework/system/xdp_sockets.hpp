// AF_XDP sockets by sock_diag: which device and queue each is bound to.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <nanotune/system.hpp>

#include "system/route_socket.hpp"

namespace nanotune {

/// A socket of the reply; nothing for one that is bound to no device. Errors: invalid.
[[nodiscard]] Result<std::optional<XdpSocket>> xdp_socket_of(Bytes body);

/// How many AF_XDP sockets are open, bound or not, by the beginning of /proc/net/protocols, which
/// the word refers to; nothing where it has no whole line of theirs.
[[nodiscard]] std::optional<std::string_view> open_xdp_sockets_in(std::string_view protocols);

/// Opens its socket at first use.
class XdpSockets {
  public:
    /// As Links::xdp_sockets.
    [[nodiscard]] Result<std::vector<XdpSocket>> list();

  private:
    std::optional<RouteSocket> socket_;
};

}  // namespace nanotune
