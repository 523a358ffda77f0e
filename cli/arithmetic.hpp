// What plots and quantiles take. The library of mathematics is one more that every command would
// load.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace nanotune::cli {

/// Of a normal number above 0.
[[nodiscard]] inline double log2_of(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const auto exponent = static_cast<int>(bits >> 52U & 0x7ffU) - 1023;
    const auto mantissa = std::bit_cast<double>((bits & 0xfffffffffffffU) | 0x3ff0000000000000U);
    const double t = (mantissa - 1) / (mantissa + 1);
    double sum = 0;
    double power = t;
    for (int odd = 1; odd < 20; odd += 2) {
        sum += power / odd;
        power *= t * t;
    }
    return exponent + sum * 2.8853900817779268;  // 2 / ln 2
}

/// The least whole number that is not below a number from 0 on.
[[nodiscard]] inline std::size_t rounded_up(double value) {
    const auto whole = static_cast<std::size_t>(value);
    return static_cast<double>(whole) < value ? whole + 1 : whole;
}

}  // namespace nanotune::cli
