#include "tcp_listener.hpp"

#include <algorithm>
#include <cerrno>

#include <fmt/core.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "socket_address.hpp"

namespace nanotune::datapath {

namespace {

Status set_option(const Descriptor& socket, int level, int option, const void* value,
                  socklen_t size, const char* name) {
    return ::setsockopt(socket.number(), level, option, value, size) == 0
               ? Status()
               : kernel_failure(name, errno);
}

/// Whoever went without a word would have a session's place for ever: he is asked where nothing is
/// on its way to him, and given up as soon where what was sent is not acknowledged, or not taken.
/// Sessions have it from here; in seconds.
Status find_dead_peers(const Descriptor& socket) {
    constexpr int yes = 1;
    constexpr int until_asked = 10;
    constexpr int between = 5;
    constexpr int times = 3;
    constexpr const char* what = "have the kernel ask whether peers live";
    NT_CHECK(set_option(socket, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes, what));
    NT_CHECK(set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, &until_asked, sizeof until_asked, what));
    NT_CHECK(set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, &between, sizeof between, what));
    NT_CHECK(set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, &times, sizeof times, what));
    constexpr unsigned milliseconds = 1'000U * (until_asked + between * times);
    return set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds,
                      what);
}

Status share_port(const Descriptor& socket) {
    const int yes = 1;
    return set_option(socket, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes, "share the TCP port");
}

Status bind_listener(const Descriptor& socket, const TcpPortOptions& options) {
    const SocketAddress address = socket_address(options.address, options.is_ipv6, options.port);
    return ::bind(socket.number(), address.get(), address.size) == 0
               ? Status()
               : kernel_failure("bind the TCP socket", errno);
}

}  // namespace

Status allow_sessions(std::size_t count) {
    constexpr rlim_t others = 256;
    const rlim_t wanted = count + others;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return kernel_failure("ask how many files may be open", errno);
    }
    if (limit.rlim_cur >= wanted) {
        return {};
    }
    const rlimit more{.rlim_cur = wanted, .rlim_max = std::max(limit.rlim_max, wanted)};
    if (::setrlimit(RLIMIT_NOFILE, &more) != 0) {
        return kernel_failure(fmt::format("let {} files be open, for {} TCP sessions; {} may be",
                                          wanted, count, limit.rlim_cur),
                              errno);
    }
    return {};
}

Result<Descriptor> listening_socket(const TcpPortOptions& options, bool is_first, bool is_alone) {
    Descriptor socket(::socket(options.is_ipv6 ? AF_INET6 : AF_INET,
                               SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) {
        return kernel_failure("make a TCP socket", errno);
    }
    const int yes = 1;
    NT_CHECK(set_option(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes, "reuse the address"));
    NT_CHECK(find_dead_peers(socket));
    // Sessions have it from here. An urgent byte that is taken out shifts every message behind it.
    NT_CHECK(set_option(socket, SOL_SOCKET, SO_OOBINLINE, &yes, sizeof yes, "keep urgent bytes"));
    if (!options.device.empty()) {
        NT_CHECK(set_option(socket, SOL_SOCKET, SO_BINDTODEVICE, options.device.c_str(),
                            static_cast<socklen_t>(options.device.size()),
                            "bind the TCP socket to the device"));
    }
    if (!is_first) {
        NT_CHECK(share_port(socket));
    }
    NT_CHECK(bind_listener(socket, options));
    if (is_first && !is_alone) {
        NT_CHECK(share_port(socket));
    }
    if (::listen(socket.number(), SOMAXCONN) != 0) {
        return kernel_failure("listen on the TCP socket", errno);
    }
    return socket;
}

}  // namespace nanotune::datapath
