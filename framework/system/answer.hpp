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

/// No flags of a request: the kernel answers it with one message, or an error.
constexpr std::uint16_t answered_at_once = 0;

/// How an answer ends.
enum class Ending {
    is_said,  ///< with NLMSG_ERROR or NLMSG_DONE, whether or not its parts carry NLM_F_MULTI
    at_first_message,
};
/// Of the answer to a request with these nlmsg_flags, which ask for an acknowledgement, for a dump,
/// or for neither.
[[nodiscard]] Ending ending_for(std::uint16_t flags);

/// Collects the answer to one request.
class Answer {
  public:
    /// `operation` opens the text of every error. `port` is the socket's own.
    Answer(std::string operation, std::uint32_t sequence, std::uint32_t port,
           Ending ending = Ending::is_said)
        : operation_(std::move(operation)), sequence_(sequence), port_(port), ending_(ending) {}

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
    Ending ending_;
    bool is_complete_ = false;
    bool is_inconsistent_ = false;
    Bodies bodies_;
};

}  // namespace nanotune
