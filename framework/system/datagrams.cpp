// The room is on the stack: a page of it costs nothing until a datagram reaches it, and malloc
// tidies up all that it holds whenever as much as this is given back to it.
#include "system/datagrams.hpp"

#include <array>
#include <cerrno>
#include <string>

#include "system/netlink_limits.hpp"

namespace nanotune {

Status take_datagrams(Answer& answer, std::string_view operation, const Receive& receive) {
    std::array<std::byte, datagram_limit> room;
    while (!answer.is_complete()) {
        const ssize_t size = receive(room);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0 && errno == EAGAIN) {
            return failure(ErrorCode::timed_out, std::string(operation) + ": no reply");
        }
        if (size < 0) {
            return kernel_failure(operation, errno);
        }
        const auto length = static_cast<std::size_t>(size);
        if (length > room.size()) {
            return kernel_failure(operation, EMSGSIZE);
        }
        NT_CHECK(answer.take_datagram(Bytes(room).first(length)));
    }
    return {};
}

}  // namespace nanotune
