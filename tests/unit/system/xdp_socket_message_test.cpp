// What sock_diag says of AF_XDP sockets.
#include <linux/xdp_diag.h>
#include <sys/socket.h>

#include "octets.hpp"
#include "support/catch.hpp"
#include "system/xdp_sockets.hpp"

using namespace nanotune;
using namespace octets;

namespace {

Octets socket_head() {
    xdp_diag_msg header{};
    header.xdiag_family = AF_XDP;
    header.xdiag_type = SOCK_RAW;
    header.xdiag_ino = 4711;
    return of(header);
}

Octets bound_to(std::uint32_t device, std::uint32_t queue) {
    return attribute(XDP_DIAG_INFO, of(xdp_diag_info{.ifindex = device, .queue_id = queue}));
}

}  // namespace

TEST_CASE("a bound socket has a device, a queue and an inode", "[xdp]") {
    const auto socket = xdp_socket_of(socket_head() + bound_to(5, 3));
    REQUIRE(socket);
    CHECK(*socket == XdpSocket{.device = 5, .queue = 3, .inode = 4711});
}

TEST_CASE("a socket that is bound to nothing owns nothing", "[xdp]") {
    const auto unbound = xdp_socket_of(socket_head() + bound_to(0, 0));
    REQUIRE(unbound);
    CHECK_FALSE(unbound->has_value());
    const auto bare = xdp_socket_of(socket_head());
    REQUIRE(bare);
    CHECK_FALSE(bare->has_value());
}

TEST_CASE("a socket that is cut short is no socket", "[xdp]") {
    CHECK_FALSE(xdp_socket_of(Octets(3)));
    const auto cut = xdp_socket_of(socket_head() + attribute(XDP_DIAG_INFO, Octets(3)));
    REQUIRE(cut);
    CHECK_FALSE(cut->has_value());
}

TEST_CASE("how many AF_XDP sockets are open is read as soon as their line is there", "[xdp]") {
    const std::string before =
        "protocol  size sockets  memory press maxhdr  slab module     cl co di ac io\n"
        "XDPOTHER  1240      9      -1   NI       0   yes  kernel      n  n  n  n  n\n";
    const std::string line = "XDP       1088      2      -1   NI       0   no   kernel\n";
    CHECK(open_xdp_sockets_in(before + line) == "2");
    CHECK_FALSE(open_xdp_sockets_in(before));
    CHECK_FALSE(open_xdp_sockets_in(before + line.substr(0, 21)));
    CHECK_FALSE(open_xdp_sockets_in(before + "XDP       1088\n"));
}
