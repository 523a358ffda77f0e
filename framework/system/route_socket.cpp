// libnl's socket. Its own error numbers hide the errno and the kernel's words, so each message is
// taken raw, before libnl looks at it.
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

struct CallbacksCloser {
    void operator()(nl_cb* callbacks) const noexcept { nl_cb_put(callbacks); }
};

/// An answer on its way, with what went wrong.
struct Arrival {
    Answer answer;
    Status status;
};

int take(nl_msg* message, void* context) {
    auto& arrival = *static_cast<Arrival*>(context);
    const nlmsghdr& header = *nlmsg_hdr(message);
    const auto* const body = static_cast<const std::byte*>(nlmsg_data(&header));
    arrival.status = arrival.answer.take(
        {.type = header.nlmsg_type,
         .flags = header.nlmsg_flags,
         .sequence = header.nlmsg_seq,
         .port = header.nlmsg_pid,
         .body = Bytes(body, static_cast<std::size_t>(nlmsg_datalen(&header)))});
    return arrival.status && !arrival.answer.is_complete() ? NL_SKIP : NL_STOP;
}

/// libnl's errno of its own, where none of the kernel's was seen.
std::unexpected<Error> library_failure(std::string_view operation, int code) {
    return failure(ErrorCode::invalid, std::string(operation) + ": " + nl_geterror(code));
}

}  // namespace

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
    constexpr int on = 1;
    const int number = nl_socket_get_fd(socket.get());
    // Kernels without these give the errno alone, and dump more than they were asked for.
    for (const int option : {NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK}) {
        (void)setsockopt(number, SOL_NETLINK, option, &on, sizeof on);
    }
    (void)setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &lost_after, sizeof lost_after);
    nl_socket_disable_msg_peek(socket.get());
    if (const int code = nl_socket_set_msg_buf_size(socket.get(), datagram_limit); code < 0) {
        return library_failure(opening, code);
    }
    return RouteSocket(std::move(socket));
}

Result<Answer> RouteSocket::exchange_once(nl_msg& request, std::string_view operation) {
    nlmsghdr& header = *nlmsg_hdr(&request);
    header.nlmsg_seq = NL_AUTO_SEQ;
    errno = 0;
    if (const int code = nl_send_auto(socket_.get(), &request); code < 0) {
        return errno != 0 ? kernel_failure(operation, errno) : library_failure(operation, code);
    }
    const std::unique_ptr<nl_cb, CallbacksCloser> callbacks(nl_cb_alloc(NL_CB_DEFAULT));
    if (!callbacks) {
        return kernel_failure(operation, ENOMEM);
    }
    Arrival arrival{.answer = Answer(std::string(operation), header.nlmsg_seq,
                                     nl_socket_get_local_port(socket_.get())),
                    .status = {}};
    nl_cb_set(callbacks.get(), NL_CB_MSG_IN, NL_CB_CUSTOM, take, &arrival);
    while (!arrival.answer.is_complete()) {
        errno = 0;
        const int code = nl_recvmsgs(socket_.get(), callbacks.get());
        NT_CHECK(arrival.status);
        if (code < 0 && errno == EAGAIN) {
            return failure(ErrorCode::timed_out, std::string(operation) + ": no reply");
        }
        if (code < 0) {
            return errno != 0 ? kernel_failure(operation, errno) : library_failure(operation, code);
        }
    }
    return std::move(arrival.answer);
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
