// What the kernel sends back for one netlink request: messages, then an acknowledgement or the end
// of a dump. Kept apart from sockets, so that any bytes can be fed to it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "system/attributes.hpp"

namespace nanotune {

/// One received message. Refers to the datagram's bytes.
struct Message {
    std::uint16_t type = 0;
    std::uint16_t flags = 0;
    std::uint32_t sequence = 0;
    std::uint32_t port = 0;
    Bytes body;  ///< what follows struct nlmsghdr
};

/// The messages of a datagram. Errors: invalid where one reaches beyond the end.
[[nodiscard]] Result<std::vector<Message>> messages_of(Bytes datagram);

/// The bodies of an answer's messages, in the order of arrival.
using Bodies = std::vector<std::vector<std::byte>>;

/// Collects the answer to one request. The request asked for an acknowledgement, or for a dump; so
/// an answer ends with NLMSG_ERROR or NLMSG_DONE, whether or not its parts carry NLM_F_MULTI.
class Answer {
  public:
    /// `operation` opens the text of every error. `port` is the socket's own.
    Answer(std::string operation, std::uint32_t sequence, std::uint32_t port)
        : operation_(std::move(operation)), sequence_(sequence), port_(port) {}

    /// Takes one message; those to other requests are passed over. Errors: the kernel's, with the
    /// words of its extended acknowledgement; invalid for a message that makes no sense.
    Status take(const Message& message);
    /// Takes every message of a datagram until the answer is complete. Errors: as take.
    Status take_datagram(Bytes datagram);

    [[nodiscard]] bool is_complete() const noexcept { return is_complete_; }
    /// The dump raced with a change: it must be asked for again.
    [[nodiscard]] bool is_inconsistent() const noexcept { return is_inconsistent_; }
    [[nodiscard]] Bodies bodies() && { return std::move(bodies_); }

  private:
    [[nodiscard]] Status verdict(const Message& message, std::size_t tlv_offset) const;

    std::string operation_;
    std::uint32_t sequence_;
    std::uint32_t port_;
    bool is_complete_ = false;
    bool is_inconsistent_ = false;
    Bodies bodies_;
};

}  // namespace nanotune
