// How the answer to a netlink request comes in, whichever library the socket is of.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include <sys/types.h>

#include "system/answer.hpp"

namespace nanotune {

/// Receives one datagram into the room, as recv(2) does: its size, or -1 with errno.
using Receive = std::function<ssize_t(std::span<std::byte>)>;

/// Room for one datagram as long as the kernel's may be, of which most take a page: a socket keeps
/// it, so that one answer after the other comes into the same.
class DatagramRoom {
  public:
    /// Maps it at first use: what no datagram has reached takes no memory. Errors: as
    /// kernel_failure.
    [[nodiscard]] Result<std::span<std::byte>> bytes();

  private:
    struct Unmapper {
        void operator()(std::byte* room) const noexcept;
    };
    std::unique_ptr<std::byte, Unmapper> room_;
};

/// Takes datagrams until the answer is complete. `operation` opens the text of errors: the
/// answer's; timed_out when nothing more comes; as kernel_failure; EMSGSIZE for one that is longer
/// than any of the kernel's.
Status take_datagrams(Answer& answer, DatagramRoom& kept, std::string_view operation,
                      const Receive& receive);

}  // namespace nanotune
