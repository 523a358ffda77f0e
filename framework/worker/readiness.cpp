#include "worker/readiness.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include <sys/socket.h>
#include <sys/un.h>

#include "system/storage/storage.hpp"

namespace nanotune::worker {

Status notify_ready(const std::string& socket, std::string_view state) {
    if (socket.empty()) {
        return {};
    }
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket.size() >= sizeof address.sun_path) {
        return failure(ErrorCode::invalid, "NOTIFY_SOCKET: too long");
    }
    std::ranges::copy(socket, address.sun_path);
    if (socket.front() == '@') {
        address.sun_path[0] = '\0';  // a name that is in no folder
    }
    const Descriptor sender(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const std::string message = "READY=1\nSTATUS=" + std::string(state) + "\n";
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket.size());
    if (!sender.is_open() || ::sendto(sender.number(), message.data(), message.size(), MSG_NOSIGNAL,
                                      reinterpret_cast<const sockaddr*>(&address), size) < 0) {
        return kernel_failure("notify " + socket, errno);
    }
    return {};
}

}  // namespace nanotune::worker
