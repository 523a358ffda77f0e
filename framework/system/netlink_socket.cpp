// libmnl's socket. The kernel does a request's work inside sendto(2), however long the driver
// takes; the answer is then already queued, so that waiting for it can have a limit.
#include "system/netlink_socket.hpp"

#include <cerrno>
#include <string>

#include <libmnl/libmnl.h>

#include "system/netlink_limits.hpp"

namespace nanotune {

void NetlinkSocket::Closer::operator()(mnl_socket* socket) const noexcept {
    mnl_socket_close(socket);
}

NetlinkSocket::NetlinkSocket(std::unique_ptr<mnl_socket, Closer> socket)
    : socket_(std::move(socket)) {}

Result<NetlinkSocket> NetlinkSocket::open() {
    std::unique_ptr<mnl_socket, Closer> socket(mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC));
    if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) != 0) {
        return kernel_failure("open a generic netlink socket", errno);
    }
    int on = 1;
    // Kernels without these give the errno alone.
    (void)mnl_socket_setsockopt(socket.get(), NETLINK_EXT_ACK, &on, sizeof on);
    (void)mnl_socket_setsockopt(socket.get(), NETLINK_CAP_ACK, &on, sizeof on);
    (void)setsockopt(mnl_socket_get_fd(socket.get()), SOL_SOCKET, SO_RCVTIMEO, &lost_after,
                     sizeof lost_after);
    return NetlinkSocket(std::move(socket));
}

Result<Answer> NetlinkSocket::exchange_once(GenericRequest& request, std::string_view operation) {
    nlmsghdr& header = request.header();
    header.nlmsg_seq = ++sequence_;
    while (mnl_socket_sendto(socket_.get(), &header, header.nlmsg_len) < 0) {
        if (errno != EINTR) {
            return kernel_failure(operation, errno);
        }
    }
    Answer answer(std::string(operation), sequence_, mnl_socket_get_portid(socket_.get()),
                  ending_for(header.nlmsg_flags));
    NT_CHECK(take_datagrams(answer, room_, operation, [this](std::span<std::byte> room) {
        return mnl_socket_recvfrom(socket_.get(), room.data(), room.size());
    }));
    return answer;
}

Result<Bodies> NetlinkSocket::exchange(GenericRequest& request, std::string_view operation) {
    if (!request.is_whole()) {
        return failure(ErrorCode::invalid, std::string(operation) + ": the request is too long");
    }
    for (int attempt = 0; attempt < dump_attempts; ++attempt) {
        NT_TRY(Answer answer, exchange_once(request, operation));
        if (!answer.is_inconsistent()) {
            return std::move(answer).bodies();
        }
    }
    return failure(ErrorCode::busy, std::string(operation) + ": changes while it is being read");
}

}  // namespace nanotune
