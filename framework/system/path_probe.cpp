#include "system/path_probe.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <linux/errqueue.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace nanotune {

namespace {

constexpr const char* unlikely_port = "33434";  // that of traceroute
constexpr int patience_ms = 400;
constexpr int tries = 2;
// What links of the field have, for where no router says anything.
constexpr std::array<unsigned, 6> usual = {1500, 1492, 1476, 1450, 1400, 1280};

/// In what the two versions of IP differ here: ip(7), ipv6(7).
struct Version {
    int level;
    int discover;  ///< the socket option, and its value that sets "don't fragment"
    int probe;
    int receive_errors;
    unsigned headers;     ///< without options, and UDP's
    unsigned least;       ///< every link takes
    std::uint8_t origin;  ///< of what ICMP says
    std::uint8_t too_big_type;
    std::uint8_t too_big_code;
    std::uint8_t unreachable;
    std::uint8_t nobody;  ///< listens to that port: it has arrived
};
constexpr Version version_4 = {.level = IPPROTO_IP,
                               .discover = IP_MTU_DISCOVER,
                               .probe = IP_PMTUDISC_PROBE,
                               .receive_errors = IP_RECVERR,
                               .headers = 20 + 8,
                               .least = 576,
                               .origin = SO_EE_ORIGIN_ICMP,
                               .too_big_type = ICMP_DEST_UNREACH,
                               .too_big_code = ICMP_FRAG_NEEDED,
                               .unreachable = ICMP_DEST_UNREACH,
                               .nobody = ICMP_PORT_UNREACH};
constexpr Version version_6 = {.level = IPPROTO_IPV6,
                               .discover = IPV6_MTU_DISCOVER,
                               .probe = IPV6_PMTUDISC_PROBE,
                               .receive_errors = IPV6_RECVERR,
                               .headers = 40 + 8,
                               .least = 1280,
                               .origin = SO_EE_ORIGIN_ICMP6,
                               .too_big_type = ICMP6_PACKET_TOO_BIG,
                               .too_big_code = 0,
                               .unreachable = ICMP6_DST_UNREACH,
                               .nobody = ICMP6_DST_UNREACH_NOPORT};

/// Where to, as the kernel's calls take it.
struct Address {
    sockaddr_storage bytes{};
    socklen_t size = sizeof bytes;

    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&bytes); }
    [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&bytes); }
    [[nodiscard]] const Version& version() const {
        return bytes.ss_family == AF_INET6 ? version_6 : version_4;
    }
};

Result<Address> address_of(const std::string& peer) {
    addrinfo wanted{};
    wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    wanted.ai_socktype = SOCK_DGRAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(peer.c_str(), unlikely_port, &wanted, &found) != 0) {
        return failure(
            ErrorCode::invalid,
            fmt::format("\"{}\" is no IP address, such as 192.0.2.1 or 2001:db8::1", peer));
    }
    Address address;
    address.size = found->ai_addrlen;
    std::memcpy(&address.bytes, found->ai_addr, found->ai_addrlen);
    ::freeaddrinfo(found);
    return address;
}

std::string text_of(const sockaddr* address) {
    std::array<char, NI_MAXHOST> text{};
    const socklen_t size =
        address->sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    return ::getnameinfo(address, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0
               ? std::string(text.data())
               : std::string();
}

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

Status option(int socket, const Version& version, int name, int value, std::string_view what) {
    return ::setsockopt(socket, version.level, name, &value, sizeof value) == 0
               ? Status()
               : kernel_failure(std::string(what), errno);
}

/// The device that has the address which the kernel chose for this socket, and its MTU.
Status add_device(int socket, PathProbe& probe) {
    Address own;
    if (::getsockname(socket, own.get(), &own.size) != 0) {
        return kernel_failure("getsockname", errno);
    }
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) {
        return kernel_failure("list the network devices' addresses", errno);
    }
    const std::string chosen = text_of(own.get());
    for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
        if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != own.bytes.ss_family ||
            text_of(one->ifa_addr) != chosen) {
            continue;
        }
        ifreq asked{};
        std::strncpy(asked.ifr_name, one->ifa_name, IFNAMSIZ - 1);
        if (::ioctl(socket, SIOCGIFMTU, &asked) == 0) {
            probe.device = one->ifa_name;
            probe.mtu = static_cast<unsigned>(asked.ifr_mtu);
        }
    }
    ::freeifaddrs(list);
    return probe.mtu > 0 ? Status()
                         : failure(ErrorCode::not_found,
                                   "no network device has the address that leads to the peer");
}

struct Answer {
    bool arrived = false;
    unsigned told = 0;
    std::string told_by;
};

/// What one message of the error queue says of the packet; nothing where it is about something
/// else.
std::optional<Answer> answer_in(const sock_extended_err& error, const Version& version) {
    if (error.ee_origin == SO_EE_ORIGIN_LOCAL && error.ee_errno == EMSGSIZE) {
        return Answer{.arrived = false, .told = error.ee_info, .told_by = "this host"};
    }
    if (error.ee_origin != version.origin) {
        return std::nullopt;
    }
    if (error.ee_type == version.too_big_type && error.ee_code == version.too_big_code) {
        return Answer{
            .arrived = false, .told = error.ee_info, .told_by = text_of(SO_EE_OFFENDER(&error))};
    }
    if (error.ee_type == version.unreachable) {
        return Answer{.arrived = error.ee_code == version.nobody, .told = 0, .told_by = {}};
    }
    return std::nullopt;
}

/// What the error queue holds; nothing where it is empty, or holds something else.
std::optional<Answer> queued(int socket, const Version& version) {
    std::array<char, 512> control{};
    char byte = 0;
    iovec part{.iov_base = &byte, .iov_len = 1};
    Address from;
    msghdr message{};
    message.msg_name = &from.bytes;
    message.msg_namelen = sizeof from.bytes;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::recvmsg(socket, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
        return std::nullopt;
    }
    for (cmsghdr* one = CMSG_FIRSTHDR(&message); one != nullptr; one = CMSG_NXTHDR(&message, one)) {
        if (one->cmsg_level == version.level && one->cmsg_type == version.receive_errors) {
            // Not copied: the offender's address follows it.
            const auto* const error = reinterpret_cast<const sock_extended_err*>(CMSG_DATA(one));
            if (auto answer = answer_in(*error, version)) {
                return answer;
            }
        }
    }
    return std::nullopt;
}

/// What becomes of a packet of so many bytes. Nothing: nobody says anything.
std::optional<Answer> sent(int socket, const Version& version, unsigned bytes) {
    const std::vector<char> payload(bytes > version.headers ? bytes - version.headers : 0);
    for (int i = 0; i < tries; ++i) {
        // An error of the packet before is told by the next call, which then sends nothing.
        for (int again = 0; again < 2; ++again) {
            if (::send(socket, payload.data(), payload.size(), MSG_DONTWAIT) >= 0) {
                break;
            }
        }
        pollfd waited{.fd = socket, .events = 0, .revents = 0};
        if (::poll(&waited, 1, patience_ms) > 0) {
            if (auto answer = queued(socket, version)) {
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

Status known_peer(const std::string& peer) {
    NT_CHECK(address_of(peer));
    return {};
}

Result<PathProbe> probed_path(const std::string& peer) {
    NT_TRY(const Address to, address_of(peer));
    const Version& version = to.version();
    const Socket socket(::socket(to.bytes.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.get() < 0) {
        return kernel_failure("open a socket", errno);
    }
    NT_CHECK(option(socket.get(), version, version.discover, version.probe, "MTU_DISCOVER"));
    NT_CHECK(option(socket.get(), version, version.receive_errors, 1, "RECVERR"));
    if (::connect(socket.get(), to.get(), to.size) != 0) {
        return kernel_failure(fmt::format("find a way to {}", peer), errno);
    }
    PathProbe probe;
    NT_CHECK(add_device(socket.get(), probe));
    // A device may be larger than a datagram can be.
    constexpr unsigned most = 65'535;
    probe.mtu = std::min(probe.mtu, most);
    unsigned size = probe.mtu;
    for (int hop = 0; hop < 4; ++hop) {
        const auto answer = sent(socket.get(), version, size);
        if (answer && answer->arrived) {
            probe.largest = size;
            return probe;
        }
        if (!answer || answer->told < version.least || answer->told >= size) {
            break;
        }
        probe.told = answer->told;
        probe.told_by = answer->told_by;
        size = answer->told;
    }
    for (const unsigned smaller : usual) {
        const auto answer = smaller < size && smaller >= version.least
                                ? sent(socket.get(), version, smaller)
                                : std::nullopt;
        if (answer && answer->arrived) {
            probe.largest = smaller;
            return probe;
        }
    }
    return failure(ErrorCode::timed_out,
                   fmt::format("{} answers no datagram to port {}", peer, unlikely_port));
}

}  // namespace nanotune
