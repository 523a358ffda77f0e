// Orders on their way to a stream socket, whole or not at all.
#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include <sys/socket.h>

namespace nanotune::datapath {

/// What the kernel does not take stays, and is offered again. One thread's; takes no memory.
template <std::size_t size>
class StreamBuffer {
  public:
    /// False where there is no room for all of it.
    bool put(const std::uint8_t* bytes, std::uint32_t length) noexcept {
        if (waiting_ + length > size) {
            return false;
        }
        std::memcpy(bytes_.data() + waiting_, bytes, length);
        waiting_ += length;
        return true;
    }
    /// Hands over what the kernel takes now. False where the stream is broken.
    bool send(int socket) noexcept {
        const ssize_t sent = ::send(socket, bytes_.data(), waiting_, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0) {
            return errno == EAGAIN || errno == EINTR;
        }
        waiting_ -= static_cast<std::uint32_t>(sent);
        if (waiting_ != 0) {
            std::memmove(bytes_.data(), bytes_.data() + sent, waiting_);
        }
        return true;
    }
    [[nodiscard]] std::uint32_t waiting() const noexcept { return waiting_; }
    /// What waits is lost. How many orders of that size are, with one of which a part has left.
    std::size_t give_up(std::uint32_t order) noexcept {
        return (std::exchange(waiting_, 0) + order - 1) / order;
    }
    /// The same, but the rest of an order of which a part has left: what follows it is read by
    /// that.
    std::size_t give_up_whole(std::uint32_t order) noexcept {
        const std::size_t lost = waiting_ / order;
        waiting_ %= order;
        return lost;
    }

  private:
    std::uint32_t waiting_ = 0;  ///< bytes
    std::array<std::uint8_t, size> bytes_;
};

}  // namespace nanotune::datapath
