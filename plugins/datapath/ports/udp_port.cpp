#include "udp_port.hpp"

#include <algorithm>
#include <cerrno>

#include <linux/sock_diag.h>
#include <netinet/in.h>

#include "membership.hpp"
#include "socket_address.hpp"
#include "socket_filter.hpp"

namespace nanotune::datapath {

namespace {

static_assert(sizeof(sockaddr_in) == 16);
static_assert(sizeof(sockaddr_in6) <= 32);

Status set_option(const Descriptor& socket, int level, int option, const void* value,
                  socklen_t size, const char* name) {
    if (::setsockopt(socket.number(), level, option, value, size) != 0) {
        return kernel_failure(name, errno);
    }
    return {};
}

Status bind_socket(const Descriptor& socket, const UdpPortOptions& options) {
    const SocketAddress address = socket_address(options.address, options.is_ipv6, options.port);
    if (::bind(socket.number(), address.get(), address.size) != 0) {
        return kernel_failure("bind the UDP socket", errno);
    }
    return {};
}

bool is_group(const UdpPortOptions& options) {
    return options.is_ipv6 ? options.address[0] == 0xFF : (options.address[0] & 0xF0) == 0xE0;
}

/// Another socket of ours may have the port, too, from now on.
Status share_port(const Descriptor& socket) {
    const int yes = 1;
    return set_option(socket, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes, "share the UDP port");
}

/// `is_further`: the port is shared with a socket that has it already. The first one shares it only
/// when it has it, so that it is not given one that somebody else shares.
Result<Descriptor> opened_socket(const UdpPortOptions& options, bool is_further) {
    Descriptor socket(::socket(options.is_ipv6 ? AF_INET6 : AF_INET,
                               SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) {
        return kernel_failure("make a UDP socket", errno);
    }
    if (!options.device.empty()) {
        NT_CHECK(set_option(socket, SOL_SOCKET, SO_BINDTODEVICE, options.device.c_str(),
                            static_cast<socklen_t>(options.device.size()),
                            "bind the UDP socket to the device"));
    }
    // As much as is allowed: the first needs a right, the second is cut to net.core.rmem_max.
    if (::setsockopt(socket.number(), SOL_SOCKET, SO_RCVBUFFORCE, &options.receive_buffer,
                     sizeof options.receive_buffer) != 0) {
        NT_CHECK(set_option(socket, SOL_SOCKET, SO_RCVBUF, &options.receive_buffer,
                            sizeof options.receive_buffer, "size the UDP socket's buffer"));
    }
    if (is_further) {
        NT_CHECK(share_port(socket));
    }
    if (options.only_sends) {
        NT_CHECK(attach_filter(socket, nothing_filter()));
    }
    NT_CHECK(bind_socket(socket, options));
    if (is_group(options)) {
        NT_CHECK(join(socket, {.address = options.address,
                               .is_ipv6 = options.is_ipv6,
                               .device = options.device,
                               .source = options.source}));
    }
    return socket;
}

}  // namespace

template <std::size_t header>
Result<UdpPort<header>> UdpPort<header>::open(const UdpPortOptions& options) {
    NT_TRY(Descriptor socket, opened_socket(options, false));
    return UdpPort(std::move(socket));
}

template <std::size_t header>
Result<std::vector<UdpPort<header>>> UdpPort<header>::open(const UdpPortOptions& options,
                                                           std::size_t count,
                                                           const GoHome& go_home) {
    if (count > 1 && is_group(options)) {
        return failure(ErrorCode::unsupported,
                       "several sockets in one multicast group would each get every packet");
    }
    std::vector<UdpPort> ports;
    for (std::size_t at = 0; at < count; ++at) {
        NT_CHECK(go_home(at));
        NT_TRY(Descriptor socket, opened_socket(options, at != 0));
        if (at == 0 && count > 1) {
            NT_CHECK(share_port(socket));
        }
        ports.push_back(UdpPort(std::move(socket)));
    }
    return ports;
}

template <std::size_t header>
UdpPort<header>::UdpPort(Descriptor socket)
    : socket_(std::move(socket)), buffers_(std::make_unique<Buffers>()) {
    for (std::size_t at = 0; at < burst; ++at) {
        buffers_->in_parts[at] = {.iov_base = buffers_->in[at].data() + header,
                                  .iov_len = slot_size - header};
        buffers_->out_parts[at] = {.iov_base = buffers_->out[at].data() + header, .iov_len = 0};
        const auto message = [](std::uint8_t* name, iovec* part) {
            mmsghdr made{};
            made.msg_hdr.msg_name = name;
            made.msg_hdr.msg_namelen =
                header == sizeof(sockaddr_in) ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
            made.msg_hdr.msg_iov = part;
            made.msg_hdr.msg_iovlen = 1;
            return made;
        };
        buffers_->in_messages[at] = message(buffers_->in[at].data(), &buffers_->in_parts[at]);
        buffers_->out_messages[at] = message(buffers_->out[at].data(), &buffers_->out_parts[at]);
    }
}

/// One that comes alone: a call for several would look for the next one before it is answered.
template <std::size_t header>
std::size_t UdpPort<header>::receive_one(Frame& frame) noexcept {
    const mmsghdr& message = buffers_->in_messages[0];
    socklen_t name_size = message.msg_hdr.msg_namelen;
    const iovec& part = buffers_->in_parts[0];
    const ssize_t length = ::recvfrom(socket_.number(), part.iov_base, part.iov_len, MSG_DONTWAIT,
                                      static_cast<sockaddr*>(message.msg_hdr.msg_name), &name_size);
    if (length < 0) {
        return 0;
    }
    frame = {.data = buffers_->in[0].data(),
             .length = static_cast<std::uint32_t>(static_cast<std::size_t>(length) + header)};
    return 1;
}

template <std::size_t header>
std::size_t UdpPort<header>::receive(std::span<Frame> frames) noexcept {
    if (!comes_in_bursts_) {
        const std::size_t count = receive_one(frames[0]);
        comes_in_bursts_ = count != 0;
        return count;
    }
    const auto room = static_cast<unsigned>(std::min(frames.size(), burst));
    const int count =
        ::recvmmsg(socket_.number(), buffers_->in_messages.data(), room, MSG_DONTWAIT, nullptr);
    comes_in_bursts_ = count > 0;
    if (count <= 0) {
        return 0;
    }
    for (std::size_t at = 0; at < static_cast<std::size_t>(count); ++at) {
        frames[at] = {
            .data = buffers_->in[at].data(),
            .length = buffers_->in_messages[at].msg_len + static_cast<std::uint32_t>(header)};
    }
    return static_cast<std::size_t>(count);
}

template <std::size_t header>
void UdpPort<header>::release(std::span<const Frame> /*done*/) noexcept {}

/// As send_from of the first, which is alone: with less for the kernel to look up.
template <std::size_t header>
int UdpPort<header>::send_one() noexcept {
    const iovec& part = buffers_->out_parts[0];
    const msghdr& message = buffers_->out_messages[0].msg_hdr;
    return ::sendto(socket_.number(), part.iov_base, part.iov_len, MSG_DONTWAIT | MSG_NOSIGNAL,
                    static_cast<const sockaddr*>(message.msg_name), message.msg_namelen) < 0
               ? -1
               : 1;
}

template <std::size_t header>
int UdpPort<header>::send_from(std::size_t next) noexcept {
    return ::sendmmsg(socket_.number(), buffers_->out_messages.data() + next,
                      static_cast<unsigned>(committed_ - next), MSG_DONTWAIT | MSG_NOSIGNAL);
}

template <std::size_t header>
std::size_t UdpPort<header>::flush() noexcept {
    std::size_t lost = 0;
    for (std::size_t next = 0; next < committed_;) {
        const int count = committed_ == 1 ? send_one() : send_from(next);
        if (count > 0) {
            next += static_cast<std::size_t>(count);
        } else if (errno == EAGAIN || errno == ENOBUFS) {
            lost += committed_ - next;
            break;
        } else {
            ++lost;  // this one cannot be sent: nobody knows a way, or a filter forbids it
            ++next;
        }
    }
    committed_ = 0;
    return lost;
}

template <std::size_t header>
Usage UdpPort<header>::usage() const noexcept {
    std::array<std::uint32_t, SK_MEMINFO_VARS> facts{};
    socklen_t size = sizeof facts;
    static_cast<void>(::getsockopt(socket_.number(), SOL_SOCKET, SO_MEMINFO, facts.data(), &size));
    return {.is_bytes = true,
            .waiting = facts[SK_MEMINFO_RMEM_ALLOC],
            .room = facts[SK_MEMINFO_RCVBUF],
            .leaving = 0,  // what is committed leaves with the same call
            .slots = burst,
            .dropped = facts[SK_MEMINFO_DROPS]};
}

template class UdpPort<16>;
template class UdpPort<32>;
static_assert(FramePort<Ipv4UdpPort> && FramePort<Ipv6UdpPort>);

}  // namespace nanotune::datapath
