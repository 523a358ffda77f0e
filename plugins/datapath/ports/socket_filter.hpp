// Filters that the kernel runs on a socket's packets.
#pragma once

#include <vector>

#include <linux/filter.h>

#include <nanotune/error.hpp>

#include "datapath/packet/packet.h"
#include "system/storage/storage.hpp"

namespace nanotune::datapath {

/// Takes what may be ours by IP version, protocol, address and port; fragments and options too,
/// which are to be counted. For untagged frames.
[[nodiscard]] std::vector<sock_filter> listening_filter(const nt_listen& listen);

/// Takes nothing.
[[nodiscard]] std::vector<sock_filter> nothing_filter();

/// In the place of any other. Errors: as the system's.
[[nodiscard]] Status attach_filter(const Descriptor& socket, std::vector<sock_filter> filter);

/// A UDP socket on the address and port that takes nothing: the kernel has nobody to tell that
/// nobody listens. Errors: busy, not_found where the address is not this host's.
[[nodiscard]] Result<Descriptor> guard_socket(const nt_listen& listen);

}  // namespace nanotune::datapath
