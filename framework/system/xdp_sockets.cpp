// The kernel loads the module that answers by itself, where there is one.
#include "system/xdp_sockets.hpp"

#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/xdp_diag.h>
#include <netlink/msg.h>
#include <sys/socket.h>

namespace nanotune {

namespace {

constexpr std::string_view operation = "AF_XDP sockets (SOCK_DIAG_BY_FAMILY)";

}  // namespace

Result<std::optional<XdpSocket>> xdp_socket_of(Bytes body) {
    const auto header = header_of<xdp_diag_msg>(body);
    if (!header) {
        return failure(ErrorCode::invalid, "an AF_XDP socket of the reply is cut short");
    }
    NT_TRY(const Attributes about, Attributes::of(after_header(body, sizeof(xdp_diag_msg))));
    const auto attribute = about.find(XDP_DIAG_INFO);
    const auto info = attribute ? header_of<xdp_diag_info>(attribute->payload()) : std::nullopt;
    if (!info || info->ifindex == 0) {
        return std::nullopt;
    }
    return XdpSocket{.device = info->ifindex, .queue = info->queue_id, .inode = header->xdiag_ino};
}

Result<std::vector<XdpSocket>> XdpSockets::list() {
    if (!socket_) {
        NT_TRY(socket_, RouteSocket::open(NETLINK_SOCK_DIAG));
    }
    xdp_diag_req wanted{};
    wanted.sdiag_family = AF_XDP;
    wanted.xdiag_show = XDP_SHOW_INFO;
    const RouteRequest request = route_request(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP);
    if (!request || nlmsg_append(request.get(), &wanted, sizeof wanted, NLMSG_ALIGNTO) < 0) {
        return failure(ErrorCode::exhausted, std::string(operation) + ": no memory");
    }
    auto bodies = socket_->exchange(*request, operation);
    if (!bodies && bodies.error().code == ErrorCode::not_found) {
        return failure(ErrorCode::unsupported,
                       std::string(operation) + ": this kernel does not list them");
    }
    NT_TRY(const Bodies found, std::move(bodies));
    std::vector<XdpSocket> sockets;
    for (const auto& body : found) {
        NT_TRY(const auto socket, xdp_socket_of(body));
        if (socket) {
            sockets.push_back(*socket);
        }
    }
    return sockets;
}

}  // namespace nanotune
