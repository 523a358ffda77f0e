// How the answer to a netlink request comes in, whichever library the socket is of.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

#include <sys/types.h>

#include "system/answer.hpp"

namespace nanotune {

/// Receives one datagram into the room, as recv(2) does: its size, or -1 with errno.
using Receive = std::function<ssize_t(std::span<std::byte>)>;

/// Takes datagrams until the answer is complete. `operation` opens the text of errors: the
/// answer's; timed_out when nothing more comes; as kernel_failure; EMSGSIZE for one that is longer
/// than any of the kernel's.
Status take_datagrams(Answer& answer, std::string_view operation, const Receive& receive);

}  // namespace nanotune
