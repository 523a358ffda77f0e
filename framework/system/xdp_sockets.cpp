// The kernel loads the module that answers by itself, where there is one: it is asked only where
// there are sockets.
#include "system/xdp_sockets.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/xdp_diag.h>
#include <netlink/msg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nanotune/words.hpp>

namespace nanotune {

namespace {

constexpr std::string_view operation = "AF_XDP sockets (SOCK_DIAG_BY_FAMILY)";

/// Whether any are open in the namespace, bound or not; true where that cannot be read.
bool may_be_open() {
    const Descriptor table(::open("/proc/net/protocols", O_RDONLY | O_CLOEXEC));
    std::string text;
    std::array<char, 256> lines;  // the kernel adds up each line when it is read, over every CPU
    while (table.is_open()) {
        const ssize_t got = ::read(table.number(), lines.data(), lines.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0;
        }
        text.append(lines.data(), static_cast<std::size_t>(got));
        if (const auto count = open_xdp_sockets_in(text)) {
            return *count != "0";
        }
    }
    return true;
}

}  // namespace

std::optional<std::string_view> open_xdp_sockets_in(std::string_view protocols) {
    const std::size_t line = protocols.find("\nXDP ");
    const std::size_t end = line == std::string_view::npos ? line : protocols.find('\n', line + 1);
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const auto words = split_words(protocols.substr(line, end - line));
    return words.size() > 2 ? std::optional(words[2]) : std::nullopt;
}

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
    if (!may_be_open()) {
        return std::vector<XdpSocket>();
    }
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
