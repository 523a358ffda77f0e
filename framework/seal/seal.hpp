// Whether a plugin's file is the one that was built: what disks, copies and editors do to a file is
// found before any of it runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace nanotune {

/// A seal as it stands in a file, and what it would be.
struct Seal {
    std::size_t place = 0;  ///< of the sum in the file; `is_sealed` follows it
    std::uint32_t said = 0;
    bool is_sealed = false;
    std::uint32_t computed = 0;
    [[nodiscard]] bool holds() const { return is_sealed && said == computed; }
};

/// Of a whole file. Takes all that the loader maps into account and nothing else, so that a file
/// may be stripped. Errors, in words that go after the file's name: no ELF file of 64 bits, cut
/// off, no place for a seal.
[[nodiscard]] std::expected<Seal, std::string> seal_of(std::string_view file);

}  // namespace nanotune
