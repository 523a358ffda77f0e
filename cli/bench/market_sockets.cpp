#include "market_sockets.hpp"

#include <cerrno>
#include <cstring>
#include <optional>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <nanotune/numbers.hpp>

namespace nanotune::cli::bench {

namespace {

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;

    [[nodiscard]] const sockaddr* get() const {
        return reinterpret_cast<const sockaddr*>(&storage);
    }
    [[nodiscard]] bool is_group() const {
        if (storage.ss_family == AF_INET) {
            sockaddr_in address{};
            std::memcpy(&address, &storage, sizeof address);
            return IN_MULTICAST(ntohl(address.sin_addr.s_addr));
        }
        sockaddr_in6 address{};
        std::memcpy(&address, &storage, sizeof address);
        return IN6_IS_ADDR_MULTICAST(&address.sin6_addr);
    }
    /// fe80::/10: of the device's link from now on. False of any other.
    bool put_on_link_of(unsigned device) {
        sockaddr_in6 address{};
        std::memcpy(&address, &storage, sizeof address);
        if (storage.ss_family != AF_INET6 || !IN6_IS_ADDR_LINKLOCAL(&address.sin6_addr)) {
            return false;
        }
        address.sin6_scope_id = device;
        std::memcpy(&storage, &address, sizeof address);
        return true;
    }
};

/// "192.0.2.1" or "2001:db8::1" with a port.
std::optional<Address> address_of(const std::string& host, std::uint16_t port) {
    Address address;
    sockaddr_in ipv4{};
    sockaddr_in6 ipv6{};
    if (::inet_pton(AF_INET, host.c_str(), &ipv4.sin_addr) == 1) {
        ipv4.sin_family = AF_INET;
        ipv4.sin_port = htons(port);
        std::memcpy(&address.storage, &ipv4, sizeof ipv4);
        address.size = sizeof ipv4;
        return address;
    }
    if (::inet_pton(AF_INET6, host.c_str(), &ipv6.sin6_addr) == 1) {
        ipv6.sin6_family = AF_INET6;
        ipv6.sin6_port = htons(port);
        std::memcpy(&address.storage, &ipv6, sizeof ipv6);
        address.size = sizeof ipv6;
        return address;
    }
    return std::nullopt;
}

Result<Address> target_of(const std::string& text) {
    const auto colon = text.rfind(':');
    std::uint16_t port = 0;
    std::string host = text.substr(0, colon == std::string::npos ? 0 : colon);
    if (colon != std::string::npos) {
        port = whole_number<std::uint16_t>(std::string_view(text).substr(colon + 1)).value_or(0);
    }
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    const auto address = address_of(host, port);
    if (!address || port == 0) {
        return failure(ErrorCode::invalid,
                       fmt::format("{}: expected a target such as 192.0.2.1:8080 or "
                                   "[2001:db8::1]:8080",
                                   text));
    }
    return *address;
}

/// Where it comes from, as far as that was said.
Status bind_to(const Descriptor& socket, const Route& route, int family, std::uint32_t flow) {
    if (route.from.empty() && route.port == 0) {
        return {};
    }
    const auto port = static_cast<std::uint16_t>(route.port == 0 ? 0 : route.port + flow);
    const std::string any = family == AF_INET ? "0.0.0.0" : "::";
    const std::string& from = route.from.empty() ? any : route.from;
    auto own = address_of(from, port);
    if (own) {
        own->put_on_link_of(::if_nametoindex(route.interface.c_str()));
    }
    if (!own || own->storage.ss_family != family) {
        return failure(ErrorCode::invalid,
                       fmt::format("--from {}: no address of the target's version", route.from));
    }
    if (::bind(socket.number(), own->get(), own->size) != 0) {
        return kernel_failure(fmt::format("send from {} port {}", from, port), errno);
    }
    return {};
}

Status leave_on(const Descriptor& socket, const Route& route, int family) {
    if (route.interface.empty()) {
        return {};
    }
    const auto device = static_cast<int>(::if_nametoindex(route.interface.c_str()));
    ip_mreqn wanted{};
    wanted.imr_ifindex = device;
    const bool is_set =
        device != 0 &&
        (family == AF_INET
             ? ::setsockopt(socket.number(), IPPROTO_IP, IP_MULTICAST_IF, &wanted, sizeof wanted)
             : ::setsockopt(socket.number(), IPPROTO_IPV6, IPV6_MULTICAST_IF, &device,
                            sizeof device)) == 0;
    return is_set ? Status() : kernel_failure("send on " + route.interface, errno);
}

/// Waits for the other side once; never again.
Status connect_to(const Descriptor& socket, const Route& route, const Address& target) {
    constexpr timeval patience{.tv_sec = 5, .tv_usec = 0};
    const int yes = 1;
    if (route.is_tcp) {
        ::setsockopt(socket.number(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    if (::connect(socket.number(), target.get(), target.size) != 0) {
        return kernel_failure("connect to " + route.target, errno);
    }
    return ::fcntl(socket.number(), F_SETFL, O_NONBLOCK) == 0
               ? Status()
               : kernel_failure("connect to " + route.target, errno);
}

}  // namespace

Result<MarketSocket> market_socket(const Route& route, std::uint32_t flow) {
    NT_TRY(Address target, target_of(route.target));
    const unsigned device = ::if_nametoindex(route.interface.c_str());
    if (!route.interface.empty() && device == 0) {
        return failure(ErrorCode::not_found,
                       fmt::format("--interface {}: it is not there", route.interface));
    }
    const bool is_on_link = target.put_on_link_of(device);
    if (is_on_link == route.interface.empty() && !target.is_group()) {
        return failure(ErrorCode::invalid,
                       is_on_link ? route.target + ": whose link? --interface says so"
                                  : fmt::format("--interface {}: it is for a multicast group, or "
                                                "an address of one link (fe80::)",
                                                route.interface));
    }
    const int family = target.storage.ss_family;
    MarketSocket made{.socket = Descriptor(::socket(
                          family, (route.is_tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0))};
    if (!made.socket.is_open()) {
        return kernel_failure("make a socket", errno);
    }
    const int buffer = 4 << 20;  // as far as the kernel lets it
    ::setsockopt(made.socket.number(), SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    ::setsockopt(made.socket.number(), SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    NT_CHECK(bind_to(made.socket, route, family, flow));
    if (!target.is_group()) {
        NT_CHECK(connect_to(made.socket, route, target));
        return made;
    }
    if (route.is_tcp) {
        return failure(ErrorCode::invalid, route.target + ": a multicast group takes no TCP");
    }
    NT_CHECK(leave_on(made.socket, route, family));
    made.group = target.storage;
    made.group_size = target.size;
    return made;
}

}  // namespace nanotune::cli::bench
