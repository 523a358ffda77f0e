// What somebody has captured of a network (the file format of pcap).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <nanotune/error.hpp>

namespace nanotune::cli::bench {

/// What a UDP packet carried, and how long after the file's first packet it was seen.
struct Captured {
    std::uint64_t after = 0;  ///< nanoseconds
    std::vector<std::uint8_t> payload;
};

struct Capture {
    std::vector<Captured> packets;
    std::size_t others = 0;  ///< that cannot be replayed: no UDP, cut off, fragments
};

/// Captures of Ethernet (with VLAN tags or without) or of bare IP, in either byte order, with times
/// in microseconds or nanoseconds. Errors: not_found, denied; damaged where it is no such file or
/// is cut off; unsupported for other networks.
[[nodiscard]] Result<Capture> capture_in(const std::string& path);
/// The same of a file's bytes; `name` is what errors call it.
[[nodiscard]] Result<Capture> capture_of(std::span<const std::uint8_t> bytes,
                                         const std::string& name);

}  // namespace nanotune::cli::bench
