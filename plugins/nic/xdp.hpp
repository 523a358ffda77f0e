// What XDP keeps a NIC from: the kernel lets no queue go that an AF_XDP socket is bound to, and a
// driver without buffers in several parts has to hold a whole packet in one page.
#pragma once

#include "words_bank.hpp"

namespace nanotune::nic {

/// xdp.mode, a check.
[[nodiscard]] std::span<const WordsRow> xdp_rows();

/// `now` and `after` are of ETHTOOL_MSG_CHANNELS_GET. Errors: unsupported, naming queue and owner.
[[nodiscard]] Status keep_xdp_sockets(System& system, const std::string& device,
                                      const EthtoolNumbers& now, const EthtoolNumbers& after);

/// Errors: unsupported where native XDP cannot take packets of that MTU.
[[nodiscard]] Status fits_native_xdp(System& system, const Link& link, std::uint32_t mtu);

}  // namespace nanotune::nic
