// An rtnetlink or sock_diag socket, in the network namespace in which it was opened.
#pragma once

#include <memory>
#include <string_view>

#include "system/answer.hpp"
#include "system/datagrams.hpp"

struct nl_msg;
struct nl_sock;

namespace nanotune {

/// A request under construction, owned; libnl's nlmsg_* and nla_* functions fill it.
struct RouteRequestCloser {
    void operator()(nl_msg* request) const noexcept;
};
using RouteRequest = std::unique_ptr<nl_msg, RouteRequestCloser>;
/// An empty request, with room for a header and a few attributes. Null without memory.
[[nodiscard]] RouteRequest route_request(int type, int flags);

class RouteSocket {
  public:
    /// Of NETLINK_ROUTE where no other protocol is given. With extended acknowledgements. Errors:
    /// as kernel_failure.
    static Result<RouteSocket> open();
    static Result<RouteSocket> open(int protocol);

    /// Sends the request and waits for its whole answer: see ending_for.
    [[nodiscard]] Result<Bodies> exchange(nl_msg& request, std::string_view operation);

  private:
    struct Closer {
        void operator()(nl_sock* socket) const noexcept;
    };
    explicit RouteSocket(std::unique_ptr<nl_sock, Closer> socket) : socket_(std::move(socket)) {}

    [[nodiscard]] Result<Answer> exchange_once(nl_msg& request, std::string_view operation);

    std::unique_ptr<nl_sock, Closer> socket_;
    DatagramRoom room_;
};

}  // namespace nanotune
