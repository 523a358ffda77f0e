// The room is not malloc's, which tidies up all that it holds whenever as much as this is given
// back to it, nor on the stack, where each depth of calls would touch other pages.
#include "system/datagrams.hpp"

#include <cerrno>
#include <string>

#include <sys/mman.h>

#include "system/netlink_limits.hpp"

namespace nanotune {

void DatagramRoom::Unmapper::operator()(std::byte* room) const noexcept {
    munmap(room, datagram_limit);
}

Result<std::span<std::byte>> DatagramRoom::bytes() {
    if (!room_) {
        void* const room = mmap(nullptr, datagram_limit, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (room == MAP_FAILED) {
            return kernel_failure("room for a datagram", errno);
        }
        room_.reset(static_cast<std::byte*>(room));
    }
    return std::span(room_.get(), datagram_limit);
}

Status take_datagrams(Answer& answer, DatagramRoom& kept, std::string_view operation,
                      const Receive& receive) {
    NT_TRY(const std::span<std::byte> room, kept.bytes());
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
