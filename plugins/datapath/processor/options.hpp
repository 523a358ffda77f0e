// What a processor is told before its first packet.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "../packet/packet.h"

namespace nanotune::datapath {

/// Who gets the answers where it is not the sender, as on the wire.
struct RespondTo {
    std::array<std::uint8_t, 16> address{};
    std::uint16_t port = 0;
};

struct ProcessorOptions {
    nt_listen listen{};
    std::optional<RespondTo> respond = {};  ///< nobody: the sender
    std::size_t flows = 2048;               ///< how many senders are kept prepared at least
};

}  // namespace nanotune::datapath
