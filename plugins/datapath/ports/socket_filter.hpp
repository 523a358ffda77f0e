// Filters that the kernel runs on a socket's packets.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include <linux/filter.h>

#include <nanotune/error.hpp>

#include "datapath/packet/packet.h"
#include "membership.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::datapath {

/// Takes what may be ours by IP version, protocol (ports of TCP are where those of UDP are),
/// address and port; fragments and options too, which are to be counted. For untagged frames, to
/// the group where there is one, and from `source` alone where one is given.
[[nodiscard]] std::vector<sock_filter> listening_filter(
    const nt_listen& listen, const std::optional<std::array<std::uint8_t, 16>>& source = {},
    nt_u8 protocol = nt_protocol_udp);

/// Takes nothing.
[[nodiscard]] std::vector<sock_filter> nothing_filter();

/// In the place of any other. Errors: as the system's.
[[nodiscard]] Status attach_filter(const Descriptor& socket, std::vector<sock_filter> filter);

/// A UDP socket on the address (the group where there is one) and port that takes nothing: the
/// kernel has nobody to tell that nobody listens. It joins the group, on the group's device, for as
/// long as it is open; an address of one link is of the device's. Errors: busy; not_found where the
/// address is not this host's.
[[nodiscard]] Result<Descriptor> guard_socket(const nt_listen& listen, unsigned device,
                                              const std::optional<Group>& group = {});

}  // namespace nanotune::datapath
