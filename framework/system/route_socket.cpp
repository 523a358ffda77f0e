// libnl's socket. Its own error numbers hide the errno and the kernel's words, so what comes in is
// taken raw.
#include "system/route_socket.hpp"

#include <cerrno>
#include <string>

#include <linux/netlink.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>

#include "system/netlink_limits.hpp"

namespace nanotune {

namespace {

constexpr std::string_view opening = "open a netlink socket";

/// libnl's errno of its own, where none of the kernel's was seen.
std::unexpected<Error> library_failure(std::string_view operation, int code) {
    return failure(ErrorCode::invalid, std::string(operation) + ": " + nl_geterror(code));
}

}  // namespace

RouteRequest route_request(int type, int flags) {
    // What is asked fits by far; libnl would clear a page for it.
    constexpr std::size_t longest = 512;
    RouteRequest request(nlmsg_alloc_size(longest));
    if (request && nlmsg_put(request.get(), NL_AUTO_PORT, NL_AUTO_SEQ, type, 0,
                             NLM_F_REQUEST | flags) == nullptr) {
        request.reset();
    }
    return request;
}

void RouteRequestCloser::operator()(nl_msg* request) const noexcept {
    nlmsg_free(request);
}

void RouteSocket::Closer::operator()(nl_sock* socket) const noexcept {
    nl_socket_free(socket);
}

Result<RouteSocket> RouteSocket::open() {
    return open(NETLINK_ROUTE);
}

Result<RouteSocket> RouteSocket::open(int protocol) {
    std::unique_ptr<nl_sock, Closer> socket(nl_socket_alloc());
    if (!socket) {
        return kernel_failure(opening, ENOMEM);
    }
    errno = 0;
    if (const int code = nl_connect(socket.get(), protocol); code < 0) {
        return errno != 0 ? kernel_failure(opening, errno) : library_failure(opening, code);
    }
    nl_socket_disable_auto_ack(socket.get());  // a request says itself what it asks for
    constexpr int on = 1;
    const int number = nl_socket_get_fd(socket.get());
    // Kernels without these give the errno alone, and dump more than they were asked for.
    for (const int option : {NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK}) {
        (void)setsockopt(number, SOL_NETLINK, option, &on, sizeof on);
    }
    (void)setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &lost_after, sizeof lost_after);
    return RouteSocket(std::move(socket));
}

Result<Answer> RouteSocket::exchange_once(nl_msg& request, std::string_view operation) {
    nlmsghdr& header = *nlmsg_hdr(&request);
    header.nlmsg_seq = NL_AUTO_SEQ;
    errno = 0;
    if (const int code = nl_send_auto(socket_.get(), &request); code < 0) {
        return errno != 0 ? kernel_failure(operation, errno) : library_failure(operation, code);
    }
    Answer answer(std::string(operation), header.nlmsg_seq, nl_socket_get_local_port(socket_.get()),
                  ending_for(header.nlmsg_flags));
    NT_CHECK(take_datagrams(answer, room_, operation, [this](std::span<std::byte> room) {
        return recv(nl_socket_get_fd(socket_.get()), room.data(), room.size(), MSG_TRUNC);
    }));
    return answer;
}

Result<Bodies> RouteSocket::exchange(nl_msg& request, std::string_view operation) {
    for (int attempt = 0; attempt < dump_attempts; ++attempt) {
        NT_TRY(Answer answer, exchange_once(request, operation));
        if (!answer.is_inconsistent()) {
            return std::move(answer).bodies();
        }
    }
    return failure(ErrorCode::busy, std::string(operation) + ": changes while it is being read");
}

}  // namespace nanotune
