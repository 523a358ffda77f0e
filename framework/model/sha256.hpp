// SHA-256 (FIPS 180-4), so that a profile has one name that everybody computes alike. Not for
// secrets.
#pragma once

#include <string>
#include <string_view>

namespace nanotune {

/// 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256(std::string_view bytes);

}  // namespace nanotune
