// One connection for each request: these are rare, and the other side may be gone the next time.
#include "system/local_socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "system/storage/storage.hpp"

namespace nanotune {

namespace {

constexpr timeval patience{.tv_sec = 1, .tv_usec = 0};
constexpr std::size_t answer_limit = std::size_t{1} << 20;

struct Address {
    sockaddr_un bytes{.sun_family = AF_UNIX, .sun_path = {}};
    socklen_t size = 0;
};

// "@name" has a zero byte in place of the @, and no zero at its end.
Result<Address> address_of(const std::string& name) {
    Address address;
    const bool is_abstract = name.starts_with('@');
    const std::size_t size = name.size() + (is_abstract ? 0 : 1);
    if (name.empty() || size > sizeof address.bytes.sun_path) {
        return failure(ErrorCode::invalid, fmt::format("{} is no address of a socket", name));
    }
    std::ranges::copy(name, address.bytes.sun_path);
    if (is_abstract) {
        address.bytes.sun_path[0] = '\0';
    }
    address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
    return address;
}

Status send(const Descriptor& socket, std::string_view request) {
    const ucred self{.pid = getpid(), .uid = geteuid(), .gid = getegid()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof self)> control{};
    std::string bytes(request);
    iovec text{.iov_base = bytes.data(), .iov_len = bytes.size()};
    msghdr message{};
    message.msg_iov = &text;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* credentials = CMSG_FIRSTHDR(&message);
    credentials->cmsg_level = SOL_SOCKET;
    credentials->cmsg_type = SCM_CREDENTIALS;
    credentials->cmsg_len = CMSG_LEN(sizeof self);
    std::memcpy(CMSG_DATA(credentials), &self, sizeof self);
    while (sendmsg(socket.number(), &message, MSG_NOSIGNAL) < 0) {
        if (errno != EINTR) {
            return kernel_failure("send", errno);
        }
    }
    return {};
}

Result<std::string> received(const Descriptor& socket) {
    std::string answer;
    std::array<char, 4096> piece{};
    while (answer.size() < answer_limit) {
        const ssize_t size = recv(socket.number(), piece.data(), piece.size(), 0);
        if (size == 0) {
            return answer;
        }
        if (size > 0) {
            answer.append(piece.data(), static_cast<std::size_t>(size));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return failure(ErrorCode::timed_out, "no answer within a second");
        } else if (errno != EINTR) {
            return kernel_failure("receive", errno);
        }
    }
    return failure(ErrorCode::invalid, "the answer does not end");
}

Result<std::string> asked(const std::string& name, std::string_view request) {
    NT_TRY(const Address address, address_of(name));
    const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) {
        return kernel_failure("open a local socket", errno);
    }
    (void)setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)setsockopt(socket.number(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address.bytes);
    if (connect(socket.number(), generic, address.size) != 0) {
        if (errno == ECONNREFUSED) {
            return failure(ErrorCode::not_found, "nobody listens");
        }
        return kernel_failure("connect", errno);
    }
    NT_CHECK(send(socket, request));
    return received(socket);
}

}  // namespace

Result<std::string> ask_local_socket(const std::string& address, std::string_view request) {
    auto answer = asked(address, request);
    if (!answer) {
        return std::unexpected(std::move(answer).error().within(address));
    }
    return answer;
}

}  // namespace nanotune
