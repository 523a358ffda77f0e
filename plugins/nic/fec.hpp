// Forward error correction of a link. Source: ethtool netlink, FEC_GET and FEC_SET.
#pragma once

#include <string>
#include <string_view>

#include <nanotune/bank.hpp>

namespace nanotune::nic {

/// "rs baser" in one order. Errors: invalid.
[[nodiscard]] Result<std::string> normal_fec(std::string_view text);
/// Errors: unsupported where the driver reports no mode; as Ethtool::get.
[[nodiscard]] Result<std::string> read_fec(System& system, const Target& nic);
/// Errors: as Ethtool::set_bits.
[[nodiscard]] Status write_fec(System& system, const Target& nic, const std::string& text);

}  // namespace nanotune::nic
