// One file for a colleague: an archive in the format of tar (POSIX ustar).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nanotune::doctor {

struct BundledFile {
    std::string name;  ///< at most 99 bytes
    std::string text;
};

/// The archive's bytes. `seconds` since the epoch is when its files were made.
[[nodiscard]] std::string bundle_of(const std::vector<BundledFile>& files, std::uint64_t seconds);
/// Whether a text is such an archive of ours.
[[nodiscard]] bool is_bundle(std::string_view text);

}  // namespace nanotune::doctor
