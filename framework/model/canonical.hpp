// A resolved profile in the one spelling that its hash is taken of, and that can be written down as
// a single file again.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "resolved.hpp"

namespace nanotune {

/// A setting or an unset of a section, with the layer that it needs in a single file: 0 unless
/// something of a higher layer and lower rank must still win over something else.
struct CanonicalItem {
    const ResolvedSection* section = nullptr;
    const ResolvedSetting* setting = nullptr;
    const ResolvedUnset* unset = nullptr;  ///< instead of `setting`
    std::size_t layer = 0;
};

/// In the order of sections and keys.
[[nodiscard]] std::vector<CanonicalItem> canonical_items(const ResolvedProfile& profile);

/// SHA-256 (hex) of the canonical text; neither places, names of files nor the summary are in it.
[[nodiscard]] std::string hash_of(const ResolvedProfile& profile);

}  // namespace nanotune
