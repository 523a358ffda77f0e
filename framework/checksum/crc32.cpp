#include "checksum/crc32.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace nanotune {
namespace {

/// What one byte does to a checksum, and the same with up to seven bytes of zero behind it: eight
/// bytes at once are the sum of what each of them does.
constexpr auto tables = [] {
    std::array<std::array<std::uint32_t, 256>, 8> made{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t rest = byte;
        for (int bit = 0; bit < 8; ++bit) {
            rest = (rest & 1U) != 0 ? (rest >> 1U) ^ 0xEDB88320U : rest >> 1U;
        }
        made[0][byte] = rest;
    }
    for (std::size_t zeros = 1; zeros < made.size(); ++zeros) {
        for (std::uint32_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t before = made[zeros - 1][byte];
            made[zeros][byte] = made[0][before & 0xFFU] ^ (before >> 8U);
        }
    }
    return made;
}();

std::uint32_t four_at(std::string_view bytes, std::size_t at) noexcept {
    std::uint32_t four = 0;
    std::memcpy(&four, bytes.data() + at, sizeof(four));
    return std::endian::native == std::endian::little ? four : std::byteswap(four);
}

}  // namespace

void Crc32::add(std::string_view bytes) noexcept {
    for (; bytes.size() >= tables.size(); bytes.remove_prefix(tables.size())) {
        const std::uint32_t first = rest_ ^ four_at(bytes, 0);
        const std::uint32_t second = four_at(bytes, 4);
        rest_ = tables[7][first & 0xFFU] ^ tables[6][(first >> 8U) & 0xFFU] ^
                tables[5][(first >> 16U) & 0xFFU] ^ tables[4][first >> 24U] ^
                tables[3][second & 0xFFU] ^ tables[2][(second >> 8U) & 0xFFU] ^
                tables[1][(second >> 16U) & 0xFFU] ^ tables[0][second >> 24U];
    }
    for (const char byte : bytes) {
        rest_ = tables[0][(rest_ ^ static_cast<unsigned char>(byte)) & 0xFFU] ^ (rest_ >> 8U);
    }
}

}  // namespace nanotune
