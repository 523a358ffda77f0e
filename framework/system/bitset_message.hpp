// Bitsets of ethtool's messages whose bits are spelled by name.
#pragma once

#include <cstdint>

#include <nanotune/system.hpp>

#include "system/attributes.hpp"
#include "system/generic_request.hpp"

namespace nanotune {

/// What one bitset attribute says of each of its bits; nothing where it is absent. Errors: invalid.
[[nodiscard]] Result<EthtoolBits> bits_in(const Attributes& message, std::uint16_t attribute);

/// The same of a reply's body. Errors: invalid.
[[nodiscard]] Result<EthtoolBits> ethtool_bits_of(Bytes body, std::uint16_t attribute);

/// A bitset attribute with these bits alone: without NOMASK, or the rest would be cleared.
void put_bits(GenericRequest& request, std::uint16_t attribute, const EthtoolBits& bits);

}  // namespace nanotune
