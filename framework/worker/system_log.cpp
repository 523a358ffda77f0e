#include "worker/system_log.hpp"

#include <cstring>

#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/syslog.h>
#include <sys/un.h>
#include <unistd.h>

namespace nanotune::worker {

SystemLog SystemLog::open(std::string_view program) {
    Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, "/dev/log");
    if (socket.is_open() && ::connect(socket.number(), reinterpret_cast<const sockaddr*>(&address),
                                      sizeof address) != 0) {
        socket = Descriptor();
    }
    return {std::move(socket),
            fmt::format("<{}>{}[{}]: ", LOG_DAEMON | LOG_WARNING, program, ::getpid())};
}

void SystemLog::warn(std::string_view line) const noexcept {
    if (!socket_.is_open()) {
        return;
    }
    std::string front = front_;
    iovec parts[] = {{.iov_base = front.data(), .iov_len = front.size()},
                     {.iov_base = const_cast<char*>(line.data()), .iov_len = line.size()}};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    static_cast<void>(::sendmsg(socket_.number(), &message, MSG_NOSIGNAL));
}

}  // namespace nanotune::worker
