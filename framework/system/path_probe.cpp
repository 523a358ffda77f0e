#include "system/path_probe.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/errqueue.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace nanotune {

namespace {

constexpr std::uint16_t unlikely_port = 33434;  // that of traceroute
constexpr unsigned headers = 20 + 8;            // IPv4 without options, UDP
constexpr int patience_ms = 400;
constexpr int tries = 2;
// What links of the field have, for where no router says anything.
constexpr std::array<unsigned, 6> usual = {1500, 1492, 1476, 1450, 1400, 1280};
constexpr unsigned least = 576;

class Socket {
  public:
    explicit Socket(int descriptor) : descriptor_(descriptor) {}
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    Socket(Socket&&) = delete;
    Socket& operator=(Socket&&) = delete;
    ~Socket() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }
    [[nodiscard]] int get() const { return descriptor_; }

  private:
    int descriptor_;
};

Status option(int socket, int name, int value, std::string_view what) {
    return ::setsockopt(socket, IPPROTO_IP, name, &value, sizeof value) == 0
               ? Status()
               : kernel_failure(std::string(what), errno);
}

/// The device that has the address which the kernel chose for this socket, and its MTU.
Status add_device(int socket, PathProbe& probe) {
    sockaddr_in own{};
    socklen_t size = sizeof own;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&own), &size) != 0) {
        return kernel_failure("getsockname", errno);
    }
    std::array<ifreq, 256> list{};
    ifconf all{};
    all.ifc_len = sizeof list;
    all.ifc_req = list.data();
    if (::ioctl(socket, SIOCGIFCONF, &all) != 0) {
        return kernel_failure("list the network devices' addresses", errno);
    }
    const auto count = static_cast<std::size_t>(all.ifc_len) / sizeof(ifreq);
    for (std::size_t i = 0; i < count; ++i) {
        const auto* const address = reinterpret_cast<const sockaddr_in*>(&list.at(i).ifr_addr);
        if (address->sin_addr.s_addr == own.sin_addr.s_addr) {
            probe.device = std::string(list.at(i).ifr_name);
            ifreq asked = list.at(i);
            if (::ioctl(socket, SIOCGIFMTU, &asked) == 0) {
                probe.mtu = static_cast<unsigned>(asked.ifr_mtu);
            }
        }
    }
    return probe.mtu > 0 ? Status()
                         : failure(ErrorCode::not_found,
                                   "no network device has the address that leads to the peer");
}

struct Answer {
    bool arrived = false;
    unsigned told = 0;
    std::string told_by;
};

/// What the error queue holds; nothing where it is empty, or holds something else.
std::optional<Answer> queued(int socket) {
    std::array<char, 512> control{};
    char byte = 0;
    iovec part{.iov_base = &byte, .iov_len = 1};
    sockaddr_in from{};
    msghdr message{};
    message.msg_name = &from;
    message.msg_namelen = sizeof from;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::recvmsg(socket, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
        return std::nullopt;
    }
    for (cmsghdr* one = CMSG_FIRSTHDR(&message); one != nullptr; one = CMSG_NXTHDR(&message, one)) {
        if (one->cmsg_level != IPPROTO_IP || one->cmsg_type != IP_RECVERR) {
            continue;
        }
        const auto* const error = reinterpret_cast<const sock_extended_err*>(CMSG_DATA(one));
        if (error->ee_origin == SO_EE_ORIGIN_LOCAL && error->ee_errno == EMSGSIZE) {
            return Answer{.arrived = false, .told = error->ee_info, .told_by = "this host"};
        }
        if (error->ee_origin != SO_EE_ORIGIN_ICMP || error->ee_type != ICMP_DEST_UNREACH) {
            continue;
        }
        const auto* const who = reinterpret_cast<const sockaddr_in*>(SO_EE_OFFENDER(error));
        std::array<char, INET_ADDRSTRLEN> text{};
        ::inet_ntop(AF_INET, &who->sin_addr, text.data(), text.size());
        if (error->ee_code == ICMP_FRAG_NEEDED) {
            return Answer{.arrived = false, .told = error->ee_info, .told_by = text.data()};
        }
        return Answer{.arrived = error->ee_code == ICMP_PORT_UNREACH, .told = 0, .told_by = {}};
    }
    return std::nullopt;
}

/// What becomes of a packet of so many bytes. Nothing: nobody says anything.
std::optional<Answer> sent(int socket, unsigned bytes) {
    const std::vector<char> payload(bytes > headers ? bytes - headers : 0);
    for (int i = 0; i < tries; ++i) {
        // An error of the packet before is told by the next call, which then sends nothing.
        for (int again = 0; again < 2; ++again) {
            if (::send(socket, payload.data(), payload.size(), MSG_DONTWAIT) >= 0) {
                break;
            }
        }
        pollfd waited{.fd = socket, .events = 0, .revents = 0};
        if (::poll(&waited, 1, patience_ms) > 0) {
            if (auto answer = queued(socket)) {
                return answer;
            }
        }
        char byte = 0;
        if (::recv(socket, &byte, 1, MSG_DONTWAIT) >= 0) {
            return Answer{.arrived = true, .told = 0, .told_by = {}};  // somebody listens
        }
    }
    return std::nullopt;
}

}  // namespace

Result<PathProbe> probed_path(const std::string& peer) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(unlikely_port);
    if (::inet_pton(AF_INET, peer.c_str(), &to.sin_addr) != 1) {
        return failure(ErrorCode::invalid,
                       fmt::format("\"{}\" is no IPv4 address, such as 192.0.2.1", peer));
    }
    const Socket socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.get() < 0) {
        return kernel_failure("open a socket", errno);
    }
    NT_CHECK(option(socket.get(), IP_MTU_DISCOVER, IP_PMTUDISC_PROBE, "IP_MTU_DISCOVER"));
    NT_CHECK(option(socket.get(), IP_RECVERR, 1, "IP_RECVERR"));
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
        return kernel_failure(fmt::format("find a way to {}", peer), errno);
    }
    PathProbe probe;
    NT_CHECK(add_device(socket.get(), probe));
    // A device may be larger than a datagram can be.
    constexpr unsigned most = 65'535;
    probe.mtu = std::min(probe.mtu, most);
    unsigned size = probe.mtu;
    for (int hop = 0; hop < 4; ++hop) {
        const auto answer = sent(socket.get(), size);
        if (answer && answer->arrived) {
            probe.largest = size;
            return probe;
        }
        if (!answer || answer->told < least || answer->told >= size) {
            break;
        }
        probe.told = answer->told;
        probe.told_by = answer->told_by;
        size = answer->told;
    }
    for (const unsigned smaller : usual) {
        const auto answer = smaller < size ? sent(socket.get(), smaller) : std::nullopt;
        if (answer && answer->arrived) {
            probe.largest = smaller;
            return probe;
        }
    }
    return failure(ErrorCode::timed_out,
                   fmt::format("{} answers no datagram to port {}", peer, unlikely_port));
}

}  // namespace nanotune
