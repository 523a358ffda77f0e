// The checksum that tells whether bytes on a disk are those that were written: of a journal's
// records, and of what is loaded of a plugin's file.
#pragma once

#include <cstdint>
#include <string_view>

namespace nanotune {

/// CRC-32 as Ethernet and zip have it, of bytes that come piece by piece.
class Crc32 {
  public:
    void add(std::string_view bytes) noexcept;
    [[nodiscard]] std::uint32_t sum() const noexcept { return ~rest_; }

  private:
    std::uint32_t rest_ = 0xFFFFFFFFU;
};

}  // namespace nanotune
