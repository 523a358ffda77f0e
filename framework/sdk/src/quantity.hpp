// Numbers with units ("3.2GHz", "8MiB", "50us"), read and printed without loss.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include <nanotune/domain.hpp>

namespace nanotune {

enum class QuantityFault {
    not_a_number,
    unknown_unit,  ///< a number, but of no unit of this dimension
    inexact,       ///< no whole number of the unit ("1500ns" in microseconds)
    too_large,
};

/// The text's number in `unit`; a number alone is already in it.
[[nodiscard]] std::expected<std::int64_t, QuantityFault> quantity_of(std::string_view text,
                                                                     Unit unit);
/// In the largest unit that needs no fraction (for frequencies: one digit of it). Reads back as the
/// same number.
[[nodiscard]] std::string quantity_text(std::int64_t number, Unit unit);

/// "microseconds"; "" for none.
[[nodiscard]] std::string_view plural_of(Unit unit) noexcept;
/// What an author may write behind the number: "ns, us, ms, s, min, h"; "" for none.
[[nodiscard]] std::string suffixes_of(Unit unit);

}  // namespace nanotune
